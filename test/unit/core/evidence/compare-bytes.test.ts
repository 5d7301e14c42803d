import { describe, expect, it } from 'vitest';
import { compareBytes, type KnownBytes } from '../../../../src/core/evidence/compare-bytes.ts';

const one = '0123456789abcdef0123456789abcdef';
const other = 'fedcba9876543210fedcba9876543210';
const known = (parts: Partial<KnownBytes> = {}): KnownBytes => ({ sizeBytes: 4, ...parts });
const sum = (algorithm: string, value = 'x', type: 'FULL_OBJECT' | 'COMPOSITE' = 'FULL_OBJECT') => ({
  checksum: { algorithm, value, type },
});

describe('two versions of a key', () => {
  it.each(['MD5', 'SHA1', 'SHA256', 'SHA512'])('hold the same bytes where a %s says so', (algorithm) => {
    expect(compareBytes(known(sum(algorithm)), known(sum(algorithm)))).toBe('equal');
  });

  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'XXHASH3', 'XXHASH64', 'XXHASH128', 'one of next year'])(
    'probably hold the same bytes where nothing but a %s says so',
    (algorithm) => {
      expect(compareBytes(known(sum(algorithm)), known(sum(algorithm)))).toBe('probable');
    },
  );

  it.each<[string, string, KnownBytes, KnownBytes]>([
    ['their MD5s are', 'equal', known({ md5: one }), known({ md5: one })],
    [
      'the MD5 of one and the checksum of the other are',
      'equal',
      known({ md5: one }),
      known(sum('MD5', Buffer.from(one, 'hex').toString('base64'))),
    ],
    [
      'the digests of their parts are',
      'equal',
      known(sum('SHA256', 'x-2', 'COMPOSITE')),
      known(sum('SHA256', 'x-2', 'COMPOSITE')),
    ],
    [
      'the CRCs of their parts are',
      'probable',
      known(sum('CRC32', 'x-2', 'COMPOSITE')),
      known(sum('CRC32', 'x-2', 'COMPOSITE')),
    ],
    [
      'their MD5s differ, though a CRC agrees',
      'different',
      known({ md5: one, ...sum('CRC32') }),
      known({ md5: other, ...sum('CRC32') }),
    ],
    [
      'a checksum differs, though the MD5s agree',
      'different',
      known({ md5: one, ...sum('CRC32') }),
      known({ md5: one, ...sum('CRC32', 'y') }),
    ],
    [
      'one has become KMS since, and a CRC agrees',
      'probable',
      known({ ...sum('CRC32'), eTag: one }),
      known({ md5: one, ...sum('CRC32'), eTag: one }),
    ],
    ['their ETags alone agree', 'probable', known({ eTag: `${one}-2` }), known({ eTag: `${one}-2` })],
    ['their ETags differ', 'incomparable', known({ eTag: one }), known({ eTag: other })],
    ['nothing is known of them', 'incomparable', known(), known()],
    [
      'the digests of their parts differ',
      'incomparable',
      known(sum('SHA256', 'x-2', 'COMPOSITE')),
      known(sum('SHA256', 'y-3', 'COMPOSITE')),
    ],
    ['their sizes differ', 'different', known({ md5: one }), { sizeBytes: 5, md5: one }],
  ])('where %s: %s', (_, verdict, left, right) => {
    expect(compareBytes(left, right)).toBe(verdict);
    expect(compareBytes(right, left)).toBe(verdict);
  });
});
