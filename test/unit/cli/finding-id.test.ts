import { describe, expect, it } from 'vitest';
import { findingNamed } from '../../../src/cli/finding-id.ts';

describe('what is no finding id', () => {
  it.each([
    ['whole', 'x\u001b[2J', String.raw`x\u001b[2J is no finding id: give`],
    [
      'with its beginning',
      'x y'.repeat(1_000_000),
      `${'x y'.repeat(34).slice(0, 100)}… is no finding id: give`,
    ],
  ])('is quoted %s', (_, text, sentence) => {
    expect(() => findingNamed(text)).toThrow(expect.objectContaining({ exitCode: 2 }));
    expect(() => findingNamed(text)).toThrow(new RegExp(`^${RegExp.escape(sentence)}`));
  });
});
