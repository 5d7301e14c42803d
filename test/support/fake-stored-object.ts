import { createHash } from 'node:crypto';
import type { Checksum } from '../../src/core/checksum.ts';
import type { StoredObject } from '../../src/core/source-buckets.ts';
import { md5Hex } from './findings.ts';

/** A function of the bytes and the algorithm's name: as good as the real ones for telling bytes apart. */
export function fakeChecksum(bytes: string, algorithm: string): Checksum {
  const value = createHash('sha256').update(`${algorithm}:${bytes}`).digest('base64');
  return { algorithm, value, type: 'FULL_OBJECT' };
}

export type StoredOverrides = { readonly [Name in keyof StoredObject]?: StoredObject[Name] | undefined };

/** What HEAD shows of these bytes, put in one part without KMS. An override of `undefined` takes the field away. */
export function storedObject(bytes: string, overrides: StoredOverrides = {}): StoredObject {
  const all = {
    eTag: md5Hex(bytes),
    sizeBytes: Buffer.byteLength(bytes),
    lastModified: new Date('2026-11-19T08:00:00.000Z'),
    checksum: fakeChecksum(bytes, 'CRC64NVME'),
    ...(!('eTag' in overrides) && !('checksum' in overrides) && { md5: md5Hex(bytes) }),
    metadata: {},
    missingMetadata: 0,
    contentHeaders: { contentType: 'text/csv' },
    storageClass: 'STANDARD',
    restored: false,
    customerKey: false,
    tagCount: 0,
    ...overrides,
  };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  ) as unknown as StoredObject;
}
