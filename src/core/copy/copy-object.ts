import { compareChecksums } from '../checksum.ts';
import { RefusedError, RetryableError } from '../errors.ts';
import { findIdenticalCopy } from '../evidence/identical-versions.ts';
import { isolationKeys } from '../evidence/isolation-key.ts';
import { differingProperties, keepProperties } from '../evidence/kept-properties.ts';
import {
  metadataWithProvenance,
  provenanceKey,
  provenanceOf,
  readProvenance,
} from '../evidence/provenance.ts';
import type { FlaggedObject } from '../finding.ts';
import type { IsolatedCopy, Provenance } from '../isolation.ts';
import type { CopyAnswer, IsolationBucket, StoredObject } from '../ports.ts';
import type { PropertyName } from '../properties.ts';
import { timed } from '../timed.ts';
import type { Work } from '../work.ts';
import { type Proof, proofByReading, proofOfSource, verifies } from './proof.ts';

/**
 * Copies the flagged bytes to the isolation bucket and proves the copy whole, or finds a copy that is
 * already there and proves that. What does not verify stays where it is, and one other key is tried.
 * Answers `source-changed` where the source no longer holds the flagged bytes. Throws `RefusedError`
 * where no verified copy can be had.
 */
export async function makeVerifiedCopy(
  work: Work,
  stored: StoredObject,
): Promise<IsolatedCopy | 'source-changed'> {
  refuseUnreadable(stored);
  const { finding, ports, serviceVersion } = work;
  const { sourceBuckets } = ports;
  let proof = await timed(ports, 'verify', () => proofOfSource(finding.object, stored, sourceBuckets));
  for (const key of isolationKeys(finding.object)) {
    const provenance = provenanceOf(finding, stored, proof.checksum, ports.clock(), serviceVersion);
    const copy = await copyTo(key, proof, provenance, stored, work);
    if (copy === 'none') return 'source-changed';
    if (copy !== 'unverified') return copy;
    // Checksums of parts are what stores differ in; the bytes themselves can be compared anywhere.
    if (proof.partSizes === undefined) continue;
    proof = await timed(ports, 'verify', () => proofByReading(finding.object, stored, sourceBuckets));
  }
  throw new RefusedError('verification-failed', 'no copy at either isolation key equals the source');
}

/** `none`: neither could a copy be made, nor is one there. */
async function copyTo(
  key: string,
  { checksum, partSizes }: Proof,
  provenance: Provenance,
  stored: StoredObject,
  { finding, ports, signal }: Work,
): Promise<IsolatedCopy | 'unverified' | 'none'> {
  const metadata = metadataWithProvenance(stored, provenance);
  const answer = await timed(ports, 'copy', () =>
    ports.isolationBucket.copy({
      from: finding.object,
      stored,
      toKey: key,
      checksum,
      ...(partSizes && { partSizes }),
      ...(metadata && { metadata }),
      ...(signal && { signal }),
      keepProperties: (tags) => keepProperties(ports.isolationBucket, key, stored, tags),
    }),
  );
  if (answer.kind === 'parts-not-taken') return 'unverified';
  if (answer.kind !== 'copied' || answer.resumed) {
    return timed(ports, 'verify', () => verifyFoundCopy(key, stored, provenance, ports.isolationBucket));
  }
  const made = withLeftBehind(provenance, answer.leftBehind);
  const copy = await timed(ports, 'verify', () => verifyNewCopy(key, answer, made, ports.isolationBucket));
  const isBare = metadata === undefined || answer.isBare === true;
  if (copy !== 'unverified' && isBare) await keepProvenance(key, made, ports.isolationBucket);
  return copy;
}

function withLeftBehind(provenance: Provenance, leftBehind: readonly PropertyName[] = []): Provenance {
  return leftBehind.length === 0 ? provenance : { ...provenance, leftBehind };
}

/** S3's copy is atomic, so its answer's checksum is enough; where it has none the copy is read by HEAD. */
async function verifyNewCopy(
  key: string,
  answer: Extract<CopyAnswer, { kind: 'copied' }>,
  provenance: Provenance,
  isolationBucket: IsolationBucket,
): Promise<IsolatedCopy | 'unverified'> {
  const shown = compareChecksums(answer.checksum, provenance.checksum);
  const equal =
    shown === 'incomparable'
      ? await verifies(key, await copyThere(key, isolationBucket), provenance, isolationBucket)
      : shown === 'equal';
  return equal ? { key, provenance, madeNow: true, tagsCopied: answer.tagsCopied } : 'unverified';
}

/** What something between S3 and us answers as copied is no copy that does not verify. */
async function copyThere(key: string, isolationBucket: IsolationBucket): Promise<StoredObject> {
  const there = await isolationBucket.head(key);
  if (there === undefined)
    throw new RetryableError('CopyNotThere', 'what was answered as copied is not there');
  return there;
}

/**
 * A copy that was there already must equal the source, and must say so itself: once the source is gone
 * its own provenance is all there is to go by.
 */
async function verifyFoundCopy(
  key: string,
  stored: StoredObject,
  provenance: Provenance,
  isolationBucket: IsolationBucket,
): Promise<IsolatedCopy | 'unverified' | 'none'> {
  const there = await isolationBucket.head(key);
  if (there === undefined) return 'none';
  if (!(await verifies(key, there, provenance, isolationBucket))) return 'unverified';
  const known = await readProvenance(isolationBucket, key, there);
  // A crash came between the copy and its provenance.
  if (known === undefined) {
    const completed = withLeftBehind(provenance, differingProperties(stored, there));
    await keepProvenance(key, completed, isolationBucket);
    return { key, provenance: completed, madeNow: false };
  }
  if (known.sizeBytes !== provenance.sizeBytes || known.sourceETag !== provenance.sourceETag)
    return 'unverified';
  // Ours after all, if only the answer was lost: it was made at the moment that this handling gave it.
  const madeNow = known.findingId === provenance.findingId && known.isolatedAt === provenance.isolatedAt;
  return { key, provenance: known, madeNow };
}

/** Where there is no room in the metadata. Before the delete, so that the source can be asked while it is not there yet. */
async function keepProvenance(
  key: string,
  provenance: Provenance,
  isolationBucket: IsolationBucket,
): Promise<void> {
  await isolationBucket.put(provenanceKey(key), JSON.stringify(provenance));
}

export type FoundCopy =
  | { readonly kind: 'verified'; readonly copy: IsolatedCopy }
  | { readonly kind: 'unverified' | 'none' };

/** Looks for a copy when the source cannot be asked any more: the first that agrees with its own provenance. */
export async function findVerifiedCopy(
  object: FlaggedObject,
  isolationBucket: IsolationBucket,
): Promise<FoundCopy> {
  let kind: 'unverified' | 'none' = 'none';
  for (const key of isolationKeys(object)) {
    const found = await verifyCopyAt(key, object.eTag, isolationBucket);
    if (found.kind === 'verified') return found;
    if (found.kind === 'unverified') kind = found.kind;
  }
  const identical = await findIdenticalCopy(object, isolationBucket);
  const found =
    identical === undefined ? undefined : await verifyCopyAt(identical, undefined, isolationBucket);
  return found?.kind === 'verified' ? found : { kind };
}

/** Whether there is a copy, with this source ETag if one is given, that agrees with its own provenance. */
export async function verifyCopyAt(
  key: string,
  sourceETag: string | undefined,
  isolationBucket: IsolationBucket,
): Promise<FoundCopy> {
  const copy = await isolationBucket.head(key);
  if (copy === undefined) return { kind: 'none' };
  const provenance = await readProvenance(isolationBucket, key, copy);
  const meant =
    provenance !== undefined && (sourceETag === undefined || provenance.sourceETag === sourceETag);
  const verified = meant && (await verifies(key, copy, provenance, isolationBucket));
  return verified ? { kind: 'verified', copy: { key, provenance, madeNow: false } } : { kind: 'unverified' };
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
