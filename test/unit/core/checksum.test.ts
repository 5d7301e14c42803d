import { describe, expect, it } from 'vitest';
import { type Checksum, compareChecksums } from '../../../src/core/checksum.ts';

const whole: Checksum = { algorithm: 'CRC32', value: 'a', type: 'FULL_OBJECT' };
const ofParts: Checksum = { ...whole, type: 'COMPOSITE' };

describe('two checksums', () => {
  it.each<[Checksum | undefined, Checksum | undefined, string]>([
    [whole, whole, 'equal'],
    [ofParts, ofParts, 'equal'],
    [whole, { ...whole, value: 'b' }, 'different'],
    // The same bytes in other parts have another composite checksum.
    [ofParts, { ...ofParts, value: 'b' }, 'incomparable'],
    [whole, ofParts, 'incomparable'],
    [whole, { ...whole, algorithm: 'SHA1' }, 'incomparable'],
    [whole, undefined, 'incomparable'],
    [undefined, whole, 'incomparable'],
    [undefined, undefined, 'incomparable'],
  ])('%j and %j say %s', (one, other, verdict) => {
    expect(compareChecksums(one, other)).toBe(verdict);
  });
});
