import { describe, expect, it } from 'vitest';
import {
  type Checksum,
  compareChecksums,
  md5Checksum,
  provableByMultipart,
  provesIdentity,
} from '../../../src/core/checksum.ts';

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

it.each([
  ['CRC32', true, false],
  ['CRC32C', true, false],
  ['CRC64NVME', true, false],
  ['MD5', false, true],
  ['SHA1', false, true],
  ['SHA256', false, true],
  ['SHA512', false, true],
  ['XXHASH64', false, false],
])(
  '%s covers the whole object after a multipart upload: %s; cannot be forged: %s',
  (algorithm, whole, proves) => {
    expect(provableByMultipart(algorithm)).toBe(whole);
    expect(provesIdentity(algorithm)).toBe(proves);
  },
);

it('the MD5 of an ETag is a checksum of the whole object', () => {
  expect(md5Checksum('d41d8cd98f00b204e9800998ecf8427e')).toStrictEqual({
    algorithm: 'MD5',
    value: '1B2M2Y8AsgTpgAmY7PhCfg==',
    type: 'FULL_OBJECT',
  });
});
