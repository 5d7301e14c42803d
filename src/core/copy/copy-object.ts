import { compareChecksums } from '../checksum.ts';
import { RefusedError, RetryableError } from '../errors.ts';
import {
  differingProperties,
  keepProperties,
  OtherPropertiesKeptError,
} from '../evidence/kept-properties.ts';
import { isolationKeys, provenanceKey } from '../evidence/keys.ts';
import { metadataWithProvenance, provenanceOf, readProvenance } from '../evidence/provenance.ts';
import type { IsolatedCopy, Provenance } from '../isolation.ts';
import type { CopyAnswer, IsolationBucket } from '../isolation-bucket.ts';
import type { PropertyName } from '../properties.ts';
import type { StoredObject } from '../source-buckets.ts';
import { timed } from '../timed.ts';
import type { Work } from '../work.ts';
import { type Proof, proofByReading, proofOfSource, verifies } from './proof.ts';

/**
 * Copies the flagged bytes to the isolation bucket and verifies the copy, or finds an existing copy and
 * verifies that. A copy that does not verify stays, and a second key is tried. Returns `source-changed` if
 * the source no longer holds the flagged bytes. Throws `RefusedError` if no verified copy can be made.
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
    const copy = await copyTo(key, proof, provenance, stored, work).catch(unlessOthersKept);
    if (copy === 'none') return 'source-changed';
    if (copy !== 'unverified') return copy;
    // Stores differ in checksums of parts. The bytes themselves can be compared with any store.
    if (proof.partSizes === undefined) continue;
    proof = await timed(ports, 'verify', () => proofByReading(finding.object, stored, sourceBuckets));
  }
  throw new RefusedError('verification-failed', 'no copy at either isolation key equals the source');
}

/** The copy goes to the second key, so that each copy lies beside the properties of its own source. */
function unlessOthersKept(error: unknown): 'unverified' {
  if (error instanceof OtherPropertiesKeptError) return 'unverified';
  throw error;
}

/** `none`: no copy could be made, and none exists. */
async function copyTo(
  key: string,
  { checksum, partSizes }: Proof,
  provenance: Provenance,
  stored: StoredObject,
  { addTags, finding, mayBeFenced, ports, signal }: Work,
): Promise<IsolatedCopy | 'unverified' | 'none'> {
  const metadata = metadataWithProvenance(stored, provenance);
  const answer = await timed(ports, 'copy', () =>
    ports.isolationBucket.copy({
      from: finding.object,
      stored,
      isolationKey: key,
      checksum,
      ...(partSizes && { partSizes }),
      ...(metadata && { metadata }),
      ...(signal && { signal }),
      ...(addTags && { addTags }),
      ...(mayBeFenced && { mayBeFenced }),
      async keepProperties(tags) {
        const kept = await keepProperties(ports.isolationBucket, key, stored, tags);
        if (kept === 'others' && key !== isolationKeys(finding.object).at(-1))
          throw new OtherPropertiesKeptError();
      },
    }),
  );
  if (answer.kind === 'parts-not-taken') return 'unverified';
  if (answer.kind !== 'copied' || answer.resumed) {
    const found = await timed(ports, 'verify', () =>
      verifyFoundCopy(key, stored, provenance, ports.isolationBucket),
    );
    // This handling completed the upload of an earlier one, whose provenance the copy carries.
    return typeof found === 'object' && answer.kind === 'copied' ? { ...found, madeNow: true } : found;
  }
  const { addedTags, leftBehind } = answer;
  const made = { ...withLeftBehind(provenance, leftBehind), ...(addedTags && { addedTags }) };
  const copy = await timed(ports, 'verify', () => verifyNewCopy(key, answer, made, ports.isolationBucket));
  const isBare = metadata === undefined || answer.isBare === true;
  if (copy !== 'unverified' && isBare) await keepProvenance(key, made, ports.isolationBucket);
  return copy;
}

function withLeftBehind(provenance: Provenance, leftBehind: readonly PropertyName[] = []): Provenance {
  return leftBehind.length === 0 ? provenance : { ...provenance, leftBehind };
}

/**
 * S3's copy is atomic, so the checksum in its answer is enough. If the answer has no checksum, the copy is
 * read by HEAD.
 */
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

/**
 * A proxy may answer that the copy succeeded. A copy that does not exist is retried, and does not count as a
 * copy that failed to verify.
 */
async function copyThere(key: string, isolationBucket: IsolationBucket): Promise<StoredObject> {
  const there = await isolationBucket.head(key);
  if (there === undefined)
    throw new RetryableError('CopyNotThere', 'the store answered a copy, but the copy does not exist');
  return there;
}

/**
 * An existing copy must equal the source and must have provenance of its own, because after the source is
 * gone only the provenance can tell what the copy is.
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
  // A worker died between the copy and its provenance object.
  if (known === undefined) {
    const completed = withLeftBehind(provenance, differingProperties(stored, there));
    await keepProvenance(key, completed, isolationBucket);
    return { key, provenance: completed, madeNow: false };
  }
  if (known.sizeBytes !== provenance.sizeBytes || known.sourceETag !== provenance.sourceETag)
    return 'unverified';
  // The copy was made by this handling if it has the time of this handling: then only the answer was lost.
  const madeNow = known.findingId === provenance.findingId && known.isolatedAt === provenance.isolatedAt;
  return { key, provenance: known, madeNow };
}

/**
 * Writes the provenance object if the metadata has no room for the provenance. It must exist before the
 * delete, while the source can still be read.
 */
async function keepProvenance(
  key: string,
  provenance: Provenance,
  isolationBucket: IsolationBucket,
): Promise<void> {
  await isolationBucket.put(provenanceKey(key), JSON.stringify(provenance));
}

/** Throws the refusal that S3 would answer to a read, before S3 is asked. */
export function refuseUnreadable(stored: StoredObject): void {
  if (stored.customerKey)
    throw new RefusedError('sse-c', 'the object is encrypted with a key that only its owner has');
  const archived =
    stored.archiveStatus !== undefined || ['GLACIER', 'DEEP_ARCHIVE'].includes(stored.storageClass);
  if (archived && !stored.restored) {
    throw new RefusedError('archived-storage-class', 'the object is archived and must be restored first');
  }
}
