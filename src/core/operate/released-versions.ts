import { releaseKey, releasesOf } from '../evidence/keys.ts';
import { readProvenance } from '../evidence/provenance.ts';
import { readReleaseRecord } from '../evidence/read-release.ts';
import type { ObjectAddress } from '../finding.ts';
import type { IsolatedCopy } from '../isolation.ts';
import type { IsolationBucket } from '../isolation-bucket.ts';
import type { PropertyName } from '../properties.ts';
import type { SourceBuckets, StoredObject } from '../source-buckets.ts';
import { realVersionId } from '../version-id.ts';

/**
 * Several versions of one key may have been isolated, each by its own finding. `older`: the object that lies
 * there was put back too and is an older version of the key, so this copy belongs on top of it. `newer`: this
 * copy belongs beneath it, where S3 cannot put it. `foreign`: a person put something there.
 *
 * A version id that S3 gave, with a release record that only operators can write, proves what was put back. An
 * object without versions would be overwritten, so it always counts as foreign.
 */
export async function relationTo(
  object: ObjectAddress,
  there: StoredObject,
  copy: IsolatedCopy,
  {
    isolationBucket,
    sourceBuckets,
  }: { readonly isolationBucket: IsolationBucket; readonly sourceBuckets: SourceBuckets },
): Promise<'older' | 'newer' | 'foreign'> {
  const versionId = realVersionId(there.versionId);
  if (versionId === undefined) return 'foreign';
  const record = readReleaseRecord(await isolationBucket.get(releaseKey(object, versionId)));
  const otherKey = record?.isolation_key;
  if (otherKey === undefined || otherKey === copy.key) return 'foreign';
  // While versioning is suspended, a put replaces the version `null` and nothing else. It is not worth the risk.
  if ((await sourceBuckets.versioning(object)) !== 'enabled') return 'foreign';
  const stored = await isolationBucket.head(otherKey);
  const other = stored && (await readProvenance(isolationBucket, otherKey, stored));
  const [mine, theirs] = [copy.provenance.lastModified, other?.lastModified];
  if (mine === undefined || theirs === undefined) return 'foreign';
  return theirs < mine ? 'older' : 'newer';
}

/** Returns the version of this key that is this copy put back, wherever it lies among the versions. */
export async function versionPutBack(
  object: ObjectAddress,
  copy: IsolatedCopy,
  {
    isolationBucket,
    sourceBuckets,
  }: { readonly isolationBucket: IsolationBucket; readonly sourceBuckets: SourceBuckets },
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
