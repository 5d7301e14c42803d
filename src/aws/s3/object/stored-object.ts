import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Checksum } from '../../../core/checksum.ts';
import type { ContentHeaders } from '../../../core/properties.ts';
import type { StoredObject } from '../../../core/source-buckets.ts';
import { eTagOf, unquoted } from './etag.ts';

/**
 * The length of each digest in bytes. If S3 gives several checksums, the first in this list is used:
 * algorithms that a multipart copy can show come first.
 */
const digestBytes = {
  CRC64NVME: 8,
  CRC32C: 4,
  CRC32: 4,
  SHA256: 32,
  SHA512: 64,
  SHA1: 20,
  MD5: 16,
  XXHASH128: 16,
  XXHASH64: 8,
  XXHASH3: 8,
} as const;

type Algorithm = keyof typeof digestBytes;
const algorithms = Object.keys(digestBytes) as Algorithm[];

export type ChecksumFields = {
  readonly [Name in Algorithm as `Checksum${Name}`]?: string | undefined;
} & { readonly ChecksumType?: string | undefined };

/**
 * Returns the checksum in an answer of S3. Some stores do not say its type. Then a part count at its end
 * means COMPOSITE, and so does an object in parts: of such an object S3 knows a CRC64NVME of the whole, but
 * no older checksum of the whole. A value of the wrong length is ignored (moto gives a SHA-256 as MD5).
 */
export function checksumOf(
  fields: ChecksumFields & { readonly ETag?: string | undefined },
): Checksum | undefined {
  for (const algorithm of algorithms) {
    const value = fields[`Checksum${algorithm}`];
    if (value === undefined || !isDigest(value, algorithm)) continue;
    const inParts = /-\d+$/.test(unquoted(fields.ETag)) && algorithm !== 'CRC64NVME';
    const type = fields.ChecksumType ?? (inParts ? 'COMPOSITE' : 'FULL_OBJECT');
    // An unknown type does not say which bytes the checksum covers.
    if (type !== 'COMPOSITE' && type !== 'FULL_OBJECT') continue;
    const composite = type === 'COMPOSITE' || /-\d+$/.test(value);
    return { algorithm, value, type: composite ? 'COMPOSITE' : 'FULL_OBJECT' };
  }
  return undefined;
}

function isDigest(value: string, algorithm: Algorithm): boolean {
  const [digest = ''] = value.split('-');
  return Buffer.from(digest, 'base64').length === digestBytes[algorithm];
}

/** `asked` is the version that the caller requested, and therefore the version in the answer. */
export function storedObject(
  head: HeadObjectCommandOutput & { readonly ContentLength: number },
  asked?: string,
): StoredObject {
  // Without this check, an answer of a proxy would count as other bytes, and the outcome would be `changed`.
  const eTag = eTagOf(head, 'HeadObject');
  const checksum = checksumOf(head);
  const versionId = head.VersionId ?? asked;
  return {
    ...(versionId !== undefined && { versionId }),
    eTag,
    sizeBytes: head.ContentLength,
    ...(head.LastModified && { lastModified: head.LastModified }),
    ...(checksum && { checksum }),
    ...(isMd5(head) && { md5: eTag }),
    metadata: head.Metadata ?? {},
    missingMetadata: head.MissingMeta ?? 0,
    contentHeaders: contentHeaders(head),
    storageClass: head.StorageClass ?? 'STANDARD',
    restored: head.Restore?.includes('ongoing-request="false"') ?? false,
    ...(head.ArchiveStatus !== undefined && { archiveStatus: head.ArchiveStatus }),
    customerKey: head.SSECustomerAlgorithm !== undefined,
    tagCount: head.TagCount ?? 0,
    ...lock(head),
    ...(head.ReplicationStatus !== undefined && { replicationStatus: head.ReplicationStatus }),
    ...(head.WebsiteRedirectLocation !== undefined && { websiteRedirect: head.WebsiteRedirectLocation }),
  };
}

/**
 * The ETag is no MD5 if the object was uploaded in parts, or is encrypted with KMS or a customer's key
 * (aws-facts 2).
 */
function isMd5(head: HeadObjectCommandOutput): boolean {
  // The ETag of an object with an unknown encryption is not trusted as an MD5.
  const isPlain = [undefined, 'AES256'].includes(head.ServerSideEncryption);
  return isPlain && head.SSECustomerAlgorithm === undefined && /^[0-9a-f]{32}$/.test(unquoted(head.ETag));
}

/** S3 shows the lock only to callers who may read the retention. A refused delete is believed as well. */
function lock(head: HeadObjectCommandOutput): Pick<StoredObject, 'lock'> {
  if (head.ObjectLockLegalHoldStatus === 'ON') return { lock: 'legal-hold' };
  if (head.ObjectLockEventHold === 'ON') return { lock: 'locked' };
  const until = head.ObjectLockRetainUntilDate;
  return head.ObjectLockMode !== undefined && until !== undefined && until > new Date()
    ? { lock: 'locked' }
    : {};
}

function contentHeaders(head: HeadObjectCommandOutput): ContentHeaders {
  return {
    ...(head.CacheControl !== undefined && { cacheControl: head.CacheControl }),
    ...(head.ContentDisposition !== undefined && { contentDisposition: head.ContentDisposition }),
    ...(head.ContentEncoding !== undefined && { contentEncoding: head.ContentEncoding }),
    ...(head.ContentLanguage !== undefined && { contentLanguage: head.ContentLanguage }),
    ...(head.ContentType !== undefined && { contentType: head.ContentType }),
    ...(head.ExpiresString !== undefined && { expires: head.ExpiresString }),
  };
}
