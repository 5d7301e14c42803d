import { createHash } from 'node:crypto';
import type { Checksum } from '../../../src/core/checksum.ts';
import type { StoredObject } from '../../../src/core/ports.ts';

/**
 * How an object was put, which decides what S3 can prove about it: with a checksum of the whole, in one
 * part without checksum, in parts with a composite checksum, or encrypted by KMS without checksum.
 */
export type Form = 'checksummed' | 'single-part' | 'composite' | 'kms';

export type Lock = 'locked' | 'legal-hold';

/** A version or delete marker in the model. What was written once keeps its identity whatever its version id. */
export interface Entry {
  /** Of this very write: no two writes share one, be the bytes ever so equal. */
  readonly write: string;
  /** Absent in a bucket that was never versioned. */
  versionId: string | undefined;
  readonly isMarker: boolean;
  readonly bytes: string;
  readonly eTag: string;
  readonly form: Form;
  readonly checksum?: Checksum;
  readonly metadata: Readonly<Record<string, string>>;
  lock?: Lock;
  /** Carries the mark of a release, as a tag. */
  readonly isMarked?: true;
  readonly by: string;
  /** For a marker: the write that was the current one when it was put. */
  readonly hides?: string;
  /** For a copy: where from. */
  readonly copyOf?: { readonly bucket: string; readonly key: string; readonly write: string };
}

const digests = new Map<string, string>();

/** As an ETag has it. */
export function md5Hex(text: string): string {
  let digest = digests.get(text);
  if (digest === undefined) digests.set(text, (digest = createHash('md5').update(text).digest('hex')));
  return digest;
}

export function eTagOf(bytes: string, form: Form, write: string): string {
  switch (form) {
    case 'checksummed':
    case 'single-part':
      return md5Hex(bytes);
    case 'composite':
      return `${md5Hex(`parts of ${bytes}`)}-2`;
    // Under KMS every write has another ETag.
    case 'kms':
      return md5Hex(`kms ${write}`);
  }
}

/** Two checksums of one kind are equal where the bytes are, and only there. */
export function checksumOf(bytes: string, algorithm: string, parts?: readonly number[]): Checksum {
  if (parts !== undefined) return { algorithm, value: `${bytes}/${parts.join('+')}`, type: 'COMPOSITE' };
  const value = algorithm === 'MD5' ? Buffer.from(md5Hex(bytes), 'hex').toString('base64') : bytes;
  return { algorithm, value: algorithm === 'MD5' ? value : `${algorithm}:${value}`, type: 'FULL_OBJECT' };
}

export function partSizesOf(bytes: string): readonly number[] {
  return [bytes.length - 1, 1];
}

/** What S3 keeps with an object that was put in this form. */
export function ownChecksum(bytes: string, form: Form): Checksum | undefined {
  if (form === 'checksummed') return checksumOf(bytes, 'CRC64NVME');
  return form === 'composite' ? checksumOf(bytes, 'SHA256', partSizesOf(bytes)) : undefined;
}

/** What HEAD answers. */
export function headOf(entry: Entry): StoredObject {
  const { versionId, eTag, bytes, checksum, form, metadata, lock } = entry;
  return {
    ...(versionId !== undefined && { versionId }),
    eTag,
    sizeBytes: bytes.length,
    ...(checksum && { checksum }),
    ...((form === 'checksummed' || form === 'single-part') && { md5: eTag }),
    metadata,
    missingMetadata: 0,
    contentHeaders: { contentType: 'text/csv' },
    storageClass: 'STANDARD',
    restored: false,
    customerKey: false,
    tagCount: entry.isMarked ? 1 : 0,
    ...(lock && { lock }),
  };
}

/** As listings show it. */
export function idOf(entry: Entry): string {
  return entry.versionId ?? 'null';
}
