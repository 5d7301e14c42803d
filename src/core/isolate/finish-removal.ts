import { RefusedError, RetryableError } from '../errors.ts';
import { noteIdentical } from '../evidence/identical-versions.ts';
import { flaggedBytesOf } from '../evidence/provenance.ts';
import type { Finding } from '../finding.ts';
import type { IsolatedCopy, Removal } from '../isolation.ts';
import type { ChooseVersions } from '../remove/choose-versions.ts';
import { noVersions, removeRemaining } from '../remove/remove-object.ts';
import type { SourceBuckets } from '../source-buckets.ts';
import { isNullVersion } from '../version-id.ts';
import type { Work } from '../work.ts';

/**
 * Returns `undefined` if the source cannot be read: the record then says nothing about versions. Throws
 * `RetryableError` if the flagged bytes were put again since the look that did not find them.
 */
export async function finishRemoval(
  { finding, ports }: Work,
  chooseRemaining: ChooseVersions,
  copy: IsolatedCopy,
): Promise<Removal | undefined> {
  const { sourceVersionId } = copy.provenance;
  const { isolationBucket, sourceBuckets } = ports;
  const note = noteIdentical(finding.object, copy, isolationBucket);
  try {
    if (sourceVersionId === undefined && !(await hasVersions(finding, copy, sourceBuckets)))
      return noVersions;
    return await removeRemaining(
      finding.object,
      flaggedBytesOf(copy.provenance),
      sourceBuckets,
      chooseRemaining,
      note,
    );
  } catch (error) {
    if (error instanceof RefusedError) return undefined;
    throw error;
  }
}

/** Some stores do not show the id of a `null` version, so the provenance of its copy has no version id. */
async function hasVersions(
  { object }: Finding,
  { provenance }: IsolatedCopy,
  sourceBuckets: SourceBuckets,
): Promise<boolean> {
  const listed = await sourceBuckets.listVersions(object);
  if (listed.some(({ versionId }) => !isNullVersion(versionId))) return true;
  const flagged = object.eTag ?? provenance.sourceETag;
  if (listed.some(({ eTag, isMarker }) => !isMarker && eTag === flagged)) throw inFlux();
  return false;
}

export function inFlux(): RetryableError {
  return new RetryableError(
    'SourceInFlux',
    'the flagged bytes are there, although an earlier look or call missed them',
  );
}
