import { describe, expect, it } from 'vitest';
import { readIdentifiers } from '../../../../../src/config/identifiers/read-identifiers.ts';
import {
  changesTo,
  type IdentifierDefinition,
  type PresentIdentifier,
} from '../../../../../src/core/operate/macie/identifiers.ts';
import { countMatches, unsupportedIn } from '../../../../../src/core/operate/macie/match-identifier.ts';

const identifier = (overrides: Partial<IdentifierDefinition> = {}): IdentifierDefinition => ({
  name: 'Badge',
  regex: String.raw`\bB[0-9]{4}\b`,
  keywords: ['badge'],
  ignoreWords: [],
  maximumMatchDistance: 10,
  tests: [],
  ...overrides,
});

describe('an identifier matches', () => {
  it.each<[string, Partial<IdentifierDefinition>, string, number]>([
    ['after a keyword in any case', {}, 'BADGE B1234', 1],
    ['not before the keyword', {}, 'B1234 badge', 0],
    ['where the end of the match is at most the distance away', {}, `badge${'-'.repeat(5)}B1234`, 1],
    ['not one character further', {}, `badge${'-'.repeat(6)}B1234`, 0],
    ['from the nearest keyword', {}, `badge${' '.repeat(40)}badge B1234`, 1],
    ['anywhere without keywords', { keywords: [] }, 'B1234, B1235', 2],
    ['not what contains an ignore word', { ignoreWords: ['B123'] }, 'badge B1234 B9999', 0],
    ['what contains an ignore word in another case', { ignoreWords: ['b123'] }, 'badge B1234', 1],
    ['in any case with (?i)', { regex: '(?i)b[0-9]{4}' }, 'badge B1234', 1],
    ['a keyword inside of a word', {}, 'mybadge:B1234', 1],
    ['not nothing', { regex: '[0-9]*', keywords: [] }, 'abc', 0],
  ])('%s', (_, overrides, text, count) => {
    expect(countMatches(identifier(overrides), text)).toBe(count);
  });

  it('a pattern that only Macie can try is not known here', () => {
    expect(countMatches(identifier({ regex: 'a(?i)b' }), 'badge aB')).toBeUndefined();
  });
});

describe('a pattern with a part that Macie does not support', () => {
  it.each([
    ['(a)b', 'a capturing group'],
    ['(?<name>a)', 'a capturing group'],
    ['(?P<name>a)', 'a capturing group'],
    ['(?=a)b', 'a look-ahead'],
    ['(?<!a)b', 'a look-ahead or look-behind'],
    [String.raw`(?:a)\1`, 'a back reference'],
    ['(?(1)a|b)', 'a condition'],
    ['a(?R)', 'a recursion'],
    ['(?{ code })', 'embedded code'],
  ])('%s is told', (regex, part) => {
    expect(unsupportedIn(regex)).toContain(part);
  });

  it.each([String.raw`\(a\)`, '[(a)]', String.raw`[\](]b`, '(?:a|b)', '(?i)a', String.raw`\\(?:1)`])(
    '%s has none',
    (regex) => {
      expect(unsupportedIn(regex)).toBeUndefined();
    },
  );
});

describe('the difference to the account', () => {
  const present = (overrides: Partial<PresentIdentifier> = {}): PresentIdentifier => {
    const { tests: _, ...rest } = identifier();
    return { ...rest, id: 'id-1', ...overrides };
  };

  it('is nothing where only order and case of keywords differ', () => {
    const defined = identifier({ keywords: ['badge', 'card'] });
    expect(changesTo([defined], [present({ keywords: ['Card', 'Badge'] })])).toMatchObject([
      { kind: 'same' },
    ]);
  });

  it.each<[string, Partial<PresentIdentifier>]>([
    ['regex', { regex: 'x' }],
    ['keywords', { keywords: ['other'] }],
    ['ignoreWords', { ignoreWords: ['test'] }],
    ['maximumMatchDistance', { maximumMatchDistance: 50 }],
    ['description', { description: 'other' }],
  ])('names %s', (field, overrides) => {
    expect(changesTo([identifier()], [present(overrides)])).toMatchObject([
      { kind: 'replace', differing: [field] },
    ]);
  });

  it('creates what is absent, and leaves what the file does not name', () => {
    const changes = changesTo([identifier()], [present({ name: 'Other' })]);
    expect(changes).toMatchObject([{ kind: 'create' }]);
  });

  it('ignores the distance where there are no keywords', () => {
    const defined = identifier({ keywords: [] });
    expect(changesTo([defined], [present({ keywords: [], maximumMatchDistance: 50 })])).toMatchObject([
      { kind: 'same' },
    ]);
  });
});

describe('a file of identifiers', () => {
  const told = (document: unknown) => {
    const read = readIdentifiers(typeof document === 'string' ? document : JSON.stringify(document));
    return read.ok ? [] : read.problems;
  };

  it.each<[string, unknown, string]>([
    ['no YAML', '{', 'neither YAML nor JSON'],
    ['an alias', 'version: &a 1\nidentifiers: *a', 'neither YAML nor JSON'],
    ['another version', { version: 2, identifiers: [{ name: 'a', regex: 'b' }] }, 'version: '],
    ['no identifiers', { version: 1, identifiers: [] }, 'identifiers: '],
    ['a misspelt member', { version: 1, identifiers: [{ name: 'a', regex: 'b', keyword: [] }] }, 'keyword'],
    [
      'a part that Macie does not know',
      { version: 1, identifiers: [{ name: 'a', regex: '(b)' }] },
      'identifiers[0].regex: Macie does not support a capturing group',
    ],
    [
      'a name twice',
      {
        version: 1,
        identifiers: [
          { name: 'a', regex: 'b' },
          { name: 'a', regex: 'c' },
        ],
      },
      'identifiers: "a" is there twice',
    ],
    [
      'a short keyword',
      { version: 1, identifiers: [{ name: 'a', regex: 'b', keywords: ['id'] }] },
      'identifiers[0].keywords[0]: ',
    ],
  ])('is refused with %s, and the place is named', (_, document, problem) => {
    expect(told(document).join('\n')).toContain(problem);
  });
});
