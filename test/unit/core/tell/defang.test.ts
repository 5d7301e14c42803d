import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defang } from '../../../../src/core/tell/defang.ts';

/** What mail clients make links of. */
const linked = [
  /[a-z][a-z\d+.-]*:\/\//iu,
  /https?:/iu,
  /(mailto|tel|sms|javascript|file|data|skype):/iu,
  /www\.[\p{L}\p{N}]/iu,
  /[\p{L}\p{N}_-][.\u3002\uff0e\uff61]\p{L}{2,}/u,
  /\d+\.\d+\.\d+\.\d+/,
  /@[\p{L}\p{N}-]+\.[\p{L}\p{N}]/u,
  /(^|[\s/"'(<])\\\\[\p{L}\p{N}]/u,
];

describe('defanging', () => {
  it.each([
    ['https://evil.example/a', 'hxxps[:]//evil[.]example/a'],
    ['HTTP://EVIL.EXAMPLE', 'hxxp[:]//EVIL[.]EXAMPLE'],
    ['http:evil', 'hxxp:evil'],
    ['ftp://10.0.0.1/x', 'ftp[:]//10[.]0[.]0[.]1/x'],
    ['www.1evil.example', 'www[.]1evil[.]example'],
    ['a@evil.example', 'a@evil[.]example'],
    ['mailto:a@evil', 'mailto[:]a@evil'],
    ['tel:+441', 'tel[:]+441'],
    ['例え。テスト', '例え[。]テスト'],
    ['a．рф', 'a[．]рф'],
    ['x:\\\\evil', 'x[:][\\\\]evil'],
    ['\\\\evil\\\\share', '[\\\\]evil\\\\share'],
  ])('turns the text %s into %s', (text, defanged) => {
    expect(defang(text)).toBe(defanged);
  });

  it.each(['objects/1/copy@v1', 'managed:NAME:2', 'one. two', 'a..', 'a b\\\\n', '漢字/é😀'])(
    'leaves the text %s unchanged',
    (text) => {
      expect(defang(text)).toBe(text);
    },
  );

  const piece = fc.oneof(
    fc.constantFrom(
      'http',
      'https',
      'HTTPS',
      ':',
      '//',
      '/',
      '.',
      '..',
      'www',
      '@',
      '\\\\',
      '。',
      '．',
      'mailto',
      'tel:',
    ),
    fc.constantFrom('evil', 'example', 'рф', 'テスト', 'xn--p1ai', '1', '10', '-', '_', ' ', '[', ']'),
    fc.string({ unit: 'grapheme', maxLength: 3 }),
  );

  it('leaves nothing that a client would link, whatever the key is', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = defang(pieces.join(''));
        for (const link of linked) expect(text).not.toMatch(link);
      }),
      { numRuns: 5000 },
    );
  });
});
