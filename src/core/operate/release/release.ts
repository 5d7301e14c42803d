import { findAnyCopy } from '../../copy/find-copy-by-etag.ts';
import { RetryableError } from '../../errors.ts';
import { releaseKey } from '../../evidence/keys.ts';
import type { FlaggedObject } from '../../finding.ts';
import type { IsolatedCopy } from '../../isolation.ts';
import type { IsolationBucket } from '../../isolation-bucket.ts';
import { namesOf, type PropertyName } from '../../properties.ts';
import type { Restorer } from '../../restorer.ts';
import type { SourceBuckets, StoredObject } from '../../source-buckets.ts';
import { realVersionId } from '../../version-id.ts';
import { differences, original } from './original-properties.ts';
import { recordRelease } from './record-release.ts';
import { holdsBytesOf } from './released-bytes.ts';
import { relationTo, versionPutBack } from './released-versions.ts';

export interface ReleasePorts {
  readonly sourceBuckets: SourceBuckets;
  readonly isolationBucket: IsolationBucket;
  readonly restorer: Restorer;
  readonly clock: () => Date;
}

/** The person who takes the responsibility, and the reason. */
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
  /** There is no verified copy that could be put back. */
  | { readonly kind: 'no-copy' }
  /** An object exists at the key, and is never overwritten. */
  | { readonly kind: 'occupied' }
  /** A newer version of the key was put back before, and an older one would hide it. */
  | { readonly kind: 'newer-is-back' };

/**
 * Puts an isolated object back at its source. The isolated copy stays. A release record is written before the
 * object is back, so that no worker that gets another finding about it can mistake it for exposed data. A
 * second release record is written for the identity of the restored object. The release can be repeated from
 * any point.
 *
 * `order`: the versions of this key that are released together, oldest first. Each belongs on top of those before it.
 */
export async function release(
  object: FlaggedObject,
  reason: ReleaseReason,
  ports: ReleasePorts,
  order: readonly FlaggedObject[] = [object],
): Promise<Release> {
  const { isolationBucket, restorer, sourceBuckets } = ports;
  // The record may name a copy that was made for another finding, as that of `already_isolated` does.
  const copy = await findAnyCopy(object, isolationBucket);
  const isolated = copy && (await isolationBucket.head(copy.key));
  if (copy === undefined || isolated === undefined) return { kind: 'no-copy' };
  const isOurs = async (there: StoredObject, isPutBackNow: boolean) =>
    (await restorer.isMarked(object, there)) &&
    (await holdsBytesOf({ ...copy, stored: isolated }, object, there, ports, isPutBackNow));
  const before = await sourceBuckets.head(object);
  const relation =
    before === undefined
      ? undefined
      : await relationTo(object, before, copy, order, ports, () => isOurs(before, false));
  const isThere = relation === 'ours';
  if (relation === 'newer') {
    const beneath = await versionPutBack(object, copy, ports);
    return beneath === undefined ? { kind: 'newer-is-back' } : { kind: 'released', copy, ...beneath };
  }
  if (relation === 'foreign') return { kind: 'occupied' };
  const over = relation === 'older' ? before?.eTag : undefined;

  const { request: plain, lost: gone } = await original(object, copy, isolated, isolationBucket);
  const request = over === undefined ? plain : { ...plain, over };
  const expected = namesOf([...gone, ...(await restorer.expectedLoss(request))]);
  const record = recorder(object, reason, copy, ports, isThere);
  await record(copy.provenance.sourceETag, expected);
  const answer = isThere ? { lost: expected } : await restorer.restore(request);
  const restored = await sourceBuckets.head(object);
  // The answer of a call that went well may be lost. Then S3 refuses the repeated call because of the restored object.
  const isPutBackNow = !isThere && answer !== 'occupied';
  if (restored === undefined || !(await isOurs(restored, isPutBackNow))) {
    if (answer === 'occupied') return { kind: 'occupied' };
    throw new RetryableError('RestoreUnverified', 'the object at the key is not the restored object');
  }
  const { lost: notTaken } = answer === 'occupied' ? { lost: expected } : answer;
  const lost = namesOf([...gone, ...notTaken, ...differences(request, restored)]);
  const { eTag } = restored;
  const versionId = realVersionId(restored.versionId);
  const isOnRecord = (await record(eTag, lost)) === 'written';
  // The record that was written before the restoration does not name a loss that was not expected.
  if (!isOnRecord && lost.length > expected.length) await record(`${eTag}.lost`, lost);
  if (versionId === undefined) return { kind: 'released', copy, eTag, lost };
  await record(versionId, lost);
  return { kind: 'released', copy, eTag, versionId, lost };
}

/** Returns what writes a release record for an identity of the object. */
function recorder(
  object: FlaggedObject,
  { who, why }: ReleaseReason,
  copy: IsolatedCopy,
  { clock, isolationBucket }: ReleasePorts,
  isThere: boolean,
) {
  return async (id: string, lost: readonly PropertyName[]) => {
    const record = {
      who,
      why,
      released_at: clock().toISOString(),
      finding_id: copy.provenance.findingId,
      isolation_key: copy.key,
      lost,
    };
    // Whoever finds the object put back has not released it: a record that is there names the person who has.
    if (isThere) return isolationBucket.put(releaseKey(object, id), JSON.stringify(record));
    return recordRelease(object, id, record, isolationBucket);
  };
}
