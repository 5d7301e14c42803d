import { type Checksum, comparable, provableByMultipart } from './checksum.ts';
import { RefusedError } from './errors.ts';
import type { Finding, FlaggedObject } from './finding.ts';
import { isolationKeys } from './isolation-key.ts';
import type { CopyAnswer, IsolationBucket, Ports, StoredObject } from './ports.ts';
import {
  metadataWithProvenance,
  type Provenance,
  provenanceKey,
  provenanceOf,
  readProvenance,
} from './provenance.ts';
import { timed } from './timed.ts';

/** A copy in the isolation bucket that was proved to hold the flagged bytes. */
export interface IsolatedCopy {
  readonly key: string;
  readonly provenance: Provenance;
  /** Made by this handling, not found. */
  readonly madeNow: boolean;
  /** Absent where the copy was found. */
  readonly tagsCopied?: boolean;
}

/**
 * Copies the flagged bytes to the isolation bucket and proves the copy whole, or finds a copy that is
 * already there and proves that. What does not verify stays where it is, and one other key is tried.
 * Answers `source-changed` where the source no longer holds the flagged bytes. Throws `RefusedError`
 * where no verified copy can be had.
 */
export async function makeVerifiedCopy(
  finding: Finding,
  stored: StoredObject,
  ports: Ports,
  serviceVersion: string,
): Promise<IsolatedCopy | 'source-changed'> {
  refuseUnreadable(stored);
  const expected = await timed(ports, 'verify', () => checksumOfSource(finding, stored, ports));
  const provenance = provenanceOf(finding, stored, expected, ports.clock(), serviceVersion);
  const metadata = metadataWithProvenance(stored, provenance);
  for (const key of isolationKeys(finding.object)) {
    const answer = await timed(ports, 'copy', () =>
      ports.isolation.copy({
        from: finding.object,
        stored,
        toKey: key,
        checksumAlgorithm: expected.algorithm,
        ...(metadata && { metadata }),
      }),
    );
    const copy = await timed(ports, 'verify', () =>
      answer.kind === 'copied'
        ? proveNewCopy(key, answer, provenance, ports.isolation)
        : proveFoundCopy(key, provenance, ports.isolation),
    );
    if (copy === 'none') return 'source-changed';
    if (copy === 'unproved') continue;
    if (answer.kind === 'copied' && metadata === undefined)
      await keepProvenance(key, provenance, ports.isolation);
    return copy;
  }
  throw new RefusedError('verification-failed', 'no copy at either isolation key equals the source');
}

/** S3's copy is atomic, so its answer's checksum is enough; where it has none the copy is read by HEAD. */
async function proveNewCopy(
  key: string,
  answer: Extract<CopyAnswer, { kind: 'copied' }>,
  provenance: Provenance,
  isolation: IsolationBucket,
): Promise<IsolatedCopy | 'unproved'> {
  const { checksum: expected } = provenance;
  const equal =
    answer.checksum && comparable(answer.checksum, expected)
      ? answer.checksum.value === expected.value
      : await equals(key, await isolation.head(key), provenance, isolation);
  return equal ? { key, provenance, madeNow: true, tagsCopied: answer.tagsCopied } : 'unproved';
}

/**
 * A copy that was there already must equal the source, and must say so itself: once the source is gone
 * its own provenance is all there is to go by.
 */
async function proveFoundCopy(
  key: string,
  provenance: Provenance,
  isolation: IsolationBucket,
): Promise<IsolatedCopy | 'unproved' | 'none'> {
  const there = await isolation.head(key);
  if (there === undefined) return 'none';
  if (!(await equals(key, there, provenance, isolation))) return 'unproved';
  const known = await readProvenance(isolation, key, there);
  // A crash came between the copy and its provenance.
  if (known === undefined) {
    await keepProvenance(key, provenance, isolation);
    return { key, provenance, madeNow: false };
  }
  if (known.sizeBytes !== provenance.sizeBytes || known.sourceETag !== provenance.sourceETag)
    return 'unproved';
  // Ours after all, if only the answer was lost: it was made at the moment that this handling gave it.
  const madeNow = known.findingId === provenance.findingId && known.isolatedAt === provenance.isolatedAt;
  return { key, provenance: known, madeNow };
}

/** Where there is no room in the metadata. Before the delete, so that the source can be asked while it is not there yet. */
async function keepProvenance(
  key: string,
  provenance: Provenance,
  isolation: IsolationBucket,
): Promise<void> {
  await isolation.put(provenanceKey(key), JSON.stringify(provenance));
}

async function equals(
  key: string,
  copy: StoredObject | undefined,
  { sizeBytes, checksum }: Pick<Provenance, 'sizeBytes' | 'checksum'>,
  isolation: IsolationBucket,
): Promise<boolean> {
  if (copy === undefined || copy.sizeBytes !== sizeBytes) return false;
  const actual = await checksumOfCopy(isolation, key, copy, checksum.algorithm);
  return actual?.value === checksum.value;
}

export type FoundCopy =
  | { readonly kind: 'verified'; readonly copy: IsolatedCopy }
  | { readonly kind: 'unverified' }
  | { readonly kind: 'none' };

/** Looks for a copy when the source cannot be asked any more: the first that agrees with its own provenance. */
export async function findVerifiedCopy(
  object: FlaggedObject,
  isolation: IsolationBucket,
): Promise<FoundCopy> {
  let kind: 'unverified' | 'none' = 'none';
  for (const key of isolationKeys(object)) {
    const copy = await isolation.head(key);
    if (copy === undefined) continue;
    kind = 'unverified';
    const provenance = await readProvenance(isolation, key, copy);
    if (provenance === undefined) continue;
    if (object.eTag !== undefined && provenance.sourceETag !== object.eTag) continue;
    if (await equals(key, copy, provenance, isolation)) {
      return { kind: 'verified', copy: { key, provenance, madeNow: false } };
    }
  }
  return { kind };
}

/** What S3 would refuse to read, said before it is asked. */
function refuseUnreadable(stored: StoredObject): void {
  if (stored.customerKey) throw new RefusedError('sse-c', 'encrypted with a key that only its owner has');
  const archived =
    stored.archiveStatus !== undefined || ['GLACIER', 'DEEP_ARCHIVE'].includes(stored.storageClass);
  if (archived && !stored.restored) {
    throw new RefusedError('archived-storage-class', 'archived; restore it first');
  }
}

/** S3's limit for one CopyObject, whose result alone has SHA checksums of the whole object. */
const maximumSingleCopyBytes = 5 * 1024 ** 3;
/** Reading an object to hash it takes minutes per 10 GB; above this a person decides. */
const maximumHashedBytes = 50 * 1000 ** 3;

/**
 * A checksum of the source's whole bytes that the copy's can be compared with: S3's own where it has
 * one, else computed by reading. ETags are no checksums: those of KMS and multipart objects are not MD5.
 */
async function checksumOfSource(finding: Finding, stored: StoredObject, ports: Ports): Promise<Checksum> {
  const own = stored.checksum;
  const single = stored.sizeBytes <= maximumSingleCopyBytes;
  if (own?.type === 'FULL_OBJECT' && (single || provableByMultipart(own.algorithm))) return own;
  if (stored.sizeBytes > maximumHashedBytes) {
    throw new RefusedError('unverifiable-size', 'no comparable checksum, and too large to be read');
  }
  return ports.source.hash(finding.object, stored, single ? 'SHA256' : 'CRC32');
}

async function checksumOfCopy(
  isolation: IsolationBucket,
  key: string,
  copy: StoredObject,
  algorithm: string,
): Promise<Checksum | undefined> {
  if (copy.checksum?.type === 'FULL_OBJECT' && copy.checksum.algorithm === algorithm) return copy.checksum;
  if (algorithm !== 'SHA256' && algorithm !== 'CRC32') return undefined;
  return copy.sizeBytes <= maximumHashedBytes ? isolation.hash(key, copy, algorithm) : undefined;
}
