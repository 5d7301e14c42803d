import * as fc from 'fast-check';

/**
 * Any code point but the halves of surrogate pairs. `unit: 'binary'` of fast-check draws the same, and takes a second to
 * be made: a run of mutations makes it for each mutant.
 */
export const anyCharacter = fc
  .integer({ min: 0, max: 0x10_ffff - 0x800 })
  .map((number) => String.fromCodePoint(number < 0xd800 ? number : number + 0x800));
