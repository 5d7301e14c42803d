import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyMatcherOf, literalPattern, matcherOf } from '../../../../src/core/policy/pattern.ts';

/** The definition, without regard to time: a star takes any number of characters. */
function slowly(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('\\*')) return text.startsWith('*') && slowly(pattern.slice(2), text.slice(1));
  if (pattern.startsWith('*')) {
    return slowly(pattern.slice(1), text) || (text !== '' && slowly(pattern, text.slice(1)));
  }
  return text[0] === pattern[0] && slowly(pattern.slice(1), text.slice(1));
}

describe('a pattern', () => {
  it.each([
    ['*.csv', '.hidden.csv'],
    ['a/*', 'a/../b'],
    ['in/*/x', 'in/a\n/b/x'],
    ['*', ''],
    ['a*b*c', 'a-b-b-c'],
    ['what\\*?', 'what*?'],
    ['[ab]{1}+(x)?', '[ab]{1}+(x)?'],
  ])('%j matches %j', (pattern, text) => {
    expect(matcherOf(pattern)(text)).toBe(true);
  });

  it.each([
    ['*.csv', 'a.CSV'],
    ['a', 'ab'],
    ['ab*ba', 'aba'],
    ['what\\*', 'whatever'],
    ['*b*b', 'ab'],
  ])('%j does not match %j', (pattern, text) => {
    expect(matcherOf(pattern)(text)).toBe(false);
  });

  it('agrees with its definition', () => {
    const unit = fc.constantFrom('a', 'b', '*', '\\');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 8 }), fc.string({ unit, maxLength: 8 }), (pattern, text) => {
        expect(matcherOf(pattern)(text)).toBe(slowly(pattern, text));
      }),
      { numRuns: 20_000 },
    );
  });

  it('looks at each character a bounded number of times, whoever wrote it', () => {
    const hostile = matcherOf(`${'*a'.repeat(500)}*b`);
    expect(hostile('a'.repeat(1_024))).toBe(false);
  });

  it('for a text as it is matches that text alone', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), (text) => {
        fc.pre(!text.includes('\\'));
        expect(matcherOf(literalPattern(text))(text)).toBe(true);
        expect(matcherOf(literalPattern(text))(`${text}x`)).toBe(false);
      }),
    );
  });
});

describe('patterns of which one must match', () => {
  it.each([
    [['a*', 'b*'], 'bc', true],
    [['a*', 'b*'], 'cb', false],
    [['a*'], 'ab', true],
    [['a*'], 'ba', false],
    [[], '', false],
  ])('%j and %j: %s', (patterns, text, expected) => {
    expect(anyMatcherOf(patterns)(text)).toBe(expected);
  });
});
