import { findAnyCopy } from '../../copy/find-copy-by-etag.ts';
import { isolationKeys, releaseKey, releasesOf } from '../../evidence/keys.ts';
import { readProvenance } from '../../evidence/provenance.ts';
import { readReleaseRecord } from '../../evidence/read-release.ts';
import type { FlaggedObject, ObjectAddress } from '../../finding.ts';
import type { IsolatedCopy } from '../../isolation.ts';
import type { IsolationBucket } from '../../isolation-bucket.ts';
import type { PropertyName } from '../../properties.ts';
import type { Restorer } from '../../restorer.ts';
import type { SourceBuckets, StoredObject } from '../../source-buckets.ts';
import { realVersionId } from '../../version-id.ts';
import { holdsBytesOf } from './released-bytes.ts';

interface Ports {
  readonly isolationBucket: IsolationBucket;
  readonly sourceBuckets: SourceBuckets;
  readonly restorer: Pick<Restorer, 'isMarked'>;
}

/**
 * Several versions of one key may have been isolated, by one finding or by several. `ours`: the object that lies
 * there is this copy put back. `older`: it was put back too and is an older version of the key, so this copy
 * belongs on top of it. `newer`: this copy belongs beneath it, where S3 cannot put it. `foreign`: a person put
 * something there.
 *
 * A version id that S3 gave, with a release record that only operators can write, proves what was put back. An
 * object without versions would be overwritten, so another object there always counts as foreign.
 *
 * `order`: the versions that are released together, oldest first. Times of S3 have whole seconds.
 */
export async function relationTo(
  object: FlaggedObject,
  there: StoredObject,
  copy: IsolatedCopy,
  order: readonly FlaggedObject[],
  ports: Ports,
  isOurs: () => Promise<boolean>,
): Promise<'ours' | 'older' | 'newer' | 'foreign'> {
  const { isolationBucket, sourceBuckets } = ports;
  const versionId = realVersionId(there.versionId);
  if (versionId === undefined) return (await isOurs()) ? 'ours' : 'foreign';
  const record = readReleaseRecord(await isolationBucket.get(releaseKey(object, versionId)));
  if (record?.isolation_key === copy.key) return (await isOurs()) ? 'ours' : 'foreign';
  if (record === undefined && (await isOurs())) {
    // Another version may have the same bytes. This version is beneath it, and the other one is not on record yet.
    if (order.length === 1 || (await versionPutBack(object, copy, ports)) === undefined) return 'ours';
  }
  const otherKey = record?.isolation_key ?? (await begunAmong(order, object, there, ports));
  if (otherKey === undefined) return 'foreign';
  // While versioning is suspended, a put replaces the version `null` and nothing else. It is not worth the risk.
  if ((await sourceBuckets.versioning(object)) !== 'enabled') return 'foreign';
  const placeOf = (key: string) => order.findIndex((each) => isolationKeys(each).includes(key));
  const [mine, theirs] = [placeOf(copy.key), placeOf(otherKey)];
  if (mine >= 0 && theirs >= 0) return theirs < mine ? 'older' : 'newer';
  const stored = await isolationBucket.head(otherKey);
  const other = stored && (await readProvenance(isolationBucket, otherKey, stored));
  const [ourTime, theirTime] = [copy.provenance.lastModified, other?.lastModified];
  if (ourTime === undefined || theirTime === undefined) return 'foreign';
  return theirTime < ourTime ? 'older' : 'newer';
}

/**
 * Returns the isolation key of that of the other versions which lies there: an earlier release has put it back and
 * died before it wrote the record of its version id. The record from before, which only operators can write, proves
 * that the release began.
 */
async function begunAmong(
  order: readonly FlaggedObject[],
  object: FlaggedObject,
  there: StoredObject,
  ports: Ports,
): Promise<string | undefined> {
  const { isolationBucket, restorer } = ports;
  if (order.length === 1 || !(await restorer.isMarked(object, there))) return undefined;
  for (const other of order) {
    if (other === object) continue;
    const copy = await findAnyCopy(other, isolationBucket);
    const stored = copy && (await isolationBucket.head(copy.key));
    if (copy === undefined || stored === undefined) continue;
    const begun = await isolationBucket.head(releaseKey(object, copy.provenance.sourceETag));
    if (begun === undefined || !(await holdsBytesOf({ ...copy, stored }, object, there, ports))) continue;
    if ((await versionPutBack(object, copy, ports)) === undefined) return copy.key;
  }
  return undefined;
}

/** Returns the version of this key that is this copy put back, wherever it lies among the versions. */
export async function versionPutBack(
  object: ObjectAddress,
  copy: IsolatedCopy,
  { isolationBucket, sourceBuckets }: Pick<Ports, 'isolationBucket' | 'sourceBuckets'>,
): Promise<
  { readonly eTag: string; readonly versionId: string; readonly lost: readonly PropertyName[] } | undefined
> {
  const records = new Set((await isolationBucket.list(releasesOf(object))).map(({ key }) => key));
  for (const { eTag, isMarker, versionId } of await sourceBuckets.listVersions(object)) {
    const key = releaseKey(object, versionId);
    if (isMarker || realVersionId(versionId) === undefined || !records.has(key)) continue;
    const record = readReleaseRecord(await isolationBucket.get(key));
    if (record?.isolation_key !== copy.key) continue;
    return { eTag, versionId, lost: (record.lost ?? []) as readonly PropertyName[] };
  }
  return undefined;
}
