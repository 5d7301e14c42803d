import { createHash } from 'node:crypto';
import type { Checksum } from '../../../src/core/checksum.ts';
import type { ContentHeaders } from '../../../src/core/properties.ts';
import type { StoredObject } from '../../../src/core/source-buckets.ts';
import type { Place } from './bucket.ts';

/**
 * How an object was put, which decides what S3 can prove about it: in one part with a CRC, with a SHA-256 or
 * without a checksum; in parts with a composite checksum or a CRC of the whole; or encrypted by KMS, with a CRC
 * or without.
 */
export type Form = 'checksummed' | 'sha' | 'single-part' | 'composite' | 'parts-crc' | 'kms' | 'kms-crc';

/**
 * What an owner puts beside the bytes. `odd`: user metadata that HTTP cannot show. `unsendable`: a header and
 * tags that no copy can carry.
 */
export type Extras = 'metadata' | 'tags' | 'odd' | 'headers' | 'unsendable';

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
  readonly tags: Readonly<Record<string, string>>;
  readonly hasOddMetadata?: boolean;
  readonly contentHeaders: ContentHeaders;
  readonly storageClass: string;
  /** No copy can carry its disposition and its tags. */
  readonly isUnsendable?: boolean;
  lock?: Lock;
  readonly by: string;
  /** The account that had the bucket when it was written. */
  readonly accountId: string;
  /** For a marker: the write that was the current one when it was put. */
  readonly hides?: string;
  /** A copy that goes on with what another handling had begun, and with its metadata. */
  readonly isResumed?: boolean;
  /** For a copy: where from. */
  readonly copyOf?: Entry & Place;
}

export const plainHeaders: ContentHeaders = { contentType: 'text/csv' };

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
    case 'sha':
    case 'single-part':
      return md5Hex(bytes);
    case 'parts-crc':
    case 'composite':
      return `${md5Hex(`parts of ${bytes}`)}-2`;
    // Under KMS every write has another ETag.
    case 'kms':
    case 'kms-crc':
      return md5Hex(`kms ${write}`);
  }
}

/** Digests are equal where the bytes are, and only there. A CRC can be forged: `aaaa` has that of `AAAA`. */
export function checksumOf(bytes: string, algorithm: string, parts?: readonly number[]): Checksum {
  if (parts !== undefined) return { algorithm, value: `${bytes}/${parts.join('+')}`, type: 'COMPOSITE' };
  const value = algorithm === 'MD5' ? md5Base64(bytes) : `${algorithm}:${seenBy(algorithm, bytes)}`;
  return { algorithm, value, type: 'FULL_OBJECT' };
}

function seenBy(algorithm: string, bytes: string): string {
  return algorithm.startsWith('CRC') ? bytes.toUpperCase() : bytes;
}

function md5Base64(bytes: string): string {
  return Buffer.from(md5Hex(bytes), 'hex').toString('base64');
}

export function partSizesOf(bytes: string): readonly number[] {
  return [bytes.length - 1, 1];
}

/** What S3 keeps with an object that was put in this form. */
export function ownChecksum(bytes: string, form: Form): Checksum | undefined {
  switch (form) {
    case 'checksummed':
    case 'parts-crc':
    case 'kms-crc':
      return checksumOf(bytes, 'CRC64NVME');
    case 'sha':
      return checksumOf(bytes, 'SHA256');
    case 'composite':
      return checksumOf(bytes, 'SHA256', partSizesOf(bytes));
    case 'single-part':
    case 'kms':
      return undefined;
  }
}

/** Nothing that S3 shows tells the two apart: their CRC is the same, and they have no digest in common. */
export function mayBeSameBytes(
  one: Pick<Entry, 'bytes' | 'form'>,
  other: Pick<Entry, 'bytes' | 'form'>,
): boolean {
  if (one.bytes === other.bytes) return true;
  const isForged = checksumOf(one.bytes, 'CRC64NVME').value === checksumOf(other.bytes, 'CRC64NVME').value;
  return isForged && !(hasMD5(one) && hasMD5(other));
}

function hasMD5({ form }: Pick<Entry, 'form'>): boolean {
  return form === 'checksummed' || form === 'sha' || form === 'single-part';
}

/** What HEAD answers. */
export function headOf(entry: Entry): StoredObject {
  const { versionId, eTag, bytes, checksum, metadata, lock } = entry;
  return {
    ...(versionId !== undefined && { versionId }),
    eTag,
    sizeBytes: bytes.length,
    ...(checksum && { checksum }),
    ...(hasMD5(entry) && { md5: eTag }),
    metadata,
    missingMetadata: entry.hasOddMetadata ? 1 : 0,
    contentHeaders: entry.contentHeaders,
    storageClass: entry.storageClass,
    restored: false,
    customerKey: false,
    tagCount: Object.keys(entry.tags).length,
    ...(lock && { lock }),
  };
}

/** As listings show it. */
export function idOf(entry: Entry): string {
  return entry.versionId ?? 'null';
}
