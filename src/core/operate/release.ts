import { compareChecksums } from '../checksum.ts';
import { findVerifiedCopy } from '../copy/copy-object.ts';
import { maximumSingleCopyBytes } from '../copy/proof.ts';
import { RetryableError } from '../errors.ts';
import { compareBytes } from '../evidence/compare-bytes.ts';
import { releaseKey } from '../evidence/release-records.ts';
import type { FlaggedObject } from '../finding.ts';
import type { IsolatedCopy } from '../isolation.ts';
import type { IsolationBucket, Restorer, SourceBuckets, StoredObject } from '../ports.ts';
import { namesOf, type PropertyName } from '../properties.ts';
import { realVersionId } from '../version-id.ts';
import { differences, original } from './original-properties.ts';

export interface ReleasePorts {
  readonly sourceBuckets: SourceBuckets;
  readonly isolationBucket: IsolationBucket;
  readonly restorer: Restorer;
  readonly clock: () => Date;
}

/** Who takes the responsibility, and why. */
export interface ReleaseReason {
  readonly who: string;
  readonly why: string;
}

export type Release =
  | {
      readonly kind: 'released';
      readonly copy: IsolatedCopy;
      readonly eTag: string;
      readonly versionId?: string;
      /** Properties of the original that could not be put back. */
      readonly lost: readonly PropertyName[];
    }
  /** Nothing verified is there to be put back. */
  | { readonly kind: 'no-copy' }
  /** Something lies at the key, which is never overwritten. */
  | { readonly kind: 'occupied' };

/**
 * Puts an isolated object back where it was; the isolated copy stays. The release is on record before the
 * object is back, so that no worker that is told of it again can take it for exposed data, and once more
 * for the identity that it got by coming back. Safe to run again from any point.
 */
export async function release(
  object: FlaggedObject,
  reason: ReleaseReason,
  ports: ReleasePorts,
): Promise<Release> {
  const { isolationBucket, restorer, sourceBuckets } = ports;
  const found = await findVerifiedCopy(object, isolationBucket);
  const isolated = found.kind === 'verified' ? await isolationBucket.head(found.copy.key) : undefined;
  if (found.kind !== 'verified' || isolated === undefined) return { kind: 'no-copy' };
  const { copy } = found;
  const isOurs = async (there: StoredObject, isPutBackNow: boolean) =>
    (await restorer.isMarked(object, there)) &&
    (await sameBytes(object, there, copy, isolated, ports, isPutBackNow));
  const before = await sourceBuckets.head(object);
  if (before !== undefined && !(await isOurs(before, false))) return { kind: 'occupied' };

  const { request, lost: gone } = await original(object, copy, isolated, isolationBucket);
  const expected = namesOf([...gone, ...(await restorer.expectedLoss(request))]);
  const record = recorder(object, reason, copy, ports);
  await record(copy.provenance.sourceETag, expected);
  const answer = before === undefined ? await restorer.restore(request) : { lost: expected };
  if (answer === 'occupied') return { kind: 'occupied' };
  const restored = await sourceBuckets.head(object);
  if (restored === undefined || !(await isOurs(restored, before === undefined))) {
    throw new RetryableError('RestoreUnverified', 'what lies at the key is not what was put back');
  }
  const lost = namesOf([...gone, ...answer.lost, ...differences(request, restored)]);
  const { eTag } = restored;
  const versionId = realVersionId(restored.versionId);
  const isOnRecord = (await record(eTag, lost)) === 'written';
  // The record that was written before the object was put back does not know of a loss that came as a surprise.
  if (!isOnRecord && lost.length > expected.length) await record(`${eTag}.lost`, lost);
  if (versionId === undefined) return { kind: 'released', copy, eTag, lost };
  await record(versionId, lost);
  return { kind: 'released', copy, eTag, versionId, lost };
}

/** Writes one release record for each identity of the object that it is given. */
function recorder(
  object: FlaggedObject,
  { who, why }: ReleaseReason,
  copy: IsolatedCopy,
  { clock, isolationBucket }: ReleasePorts,
) {
  return (id: string, lost: readonly PropertyName[]) =>
    isolationBucket.put(
      releaseKey(object, id),
      JSON.stringify({
        who,
        why,
        released_at: clock().toISOString(),
        finding_id: copy.provenance.findingId,
        isolation_key: copy.key,
        lost,
      }),
    );
}

/**
 * Whether the copy's bytes lie at the source. A CRC proves nothing here, for anybody who may PUT can forge one beside the
 * mark; so where there is no digest both are read. What was put back just now, and is too large to be read, is believed
 * by its CRC: S3 itself made it from the copy.
 */
async function sameBytes(
  object: FlaggedObject,
  there: StoredObject,
  copy: IsolatedCopy,
  isolated: StoredObject,
  { isolationBucket, sourceBuckets }: ReleasePorts,
  isPutBackNow: boolean,
): Promise<boolean> {
  // The ETag of an encrypted copy is no MD5, but its provenance has that of the source.
  const md5 = isolated.md5 ?? copy.provenance.md5;
  const shown = compareBytes(there, { ...isolated, ...(md5 !== undefined && { md5 }) });
  if (shown === 'equal' || shown === 'different') return shown === 'equal';
  if (isPutBackNow && shown === 'probable' && there.sizeBytes > maximumSingleCopyBytes) return true;
  const read = await sourceBuckets.hash(object, there, 'SHA256');
  return compareChecksums(read, await isolationBucket.hash(copy.key, isolated, 'SHA256')) === 'equal';
}
