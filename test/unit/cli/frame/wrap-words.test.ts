import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { wrapWords } from '../../../../src/cli/frame/wrap-words.ts';

it('breaks between words, and a word only if it is too long', () => {
  expect(wrapWords('a rule is disabled', 8)).toEqual(['a rule', 'is', 'disabled']);
  expect(wrapWords('abcdefghij k', 4)).toEqual(['abcd', 'efgh', 'ij k']);
  expect(wrapWords('', 4)).toEqual(['']);
});

it('keeps every character, and no line is too wide', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }),
      fc.integer({ min: 1, max: 20 }),
      (words, width) => {
        const lines = wrapWords(words.join(' '), width);

        expect(lines.join('').replaceAll(' ', '')).toBe(words.join(''));
        expect(lines.every((line) => line.length <= width)).toBe(true);
      },
    ),
  );
});
