import { RefusedError, RetryableError } from '../errors.ts';
import { noteIdentical } from '../evidence/identical-versions.ts';
import { flaggedBytesOf } from '../evidence/provenance.ts';
import type { Finding, FlaggedObject } from '../finding.ts';
import type { IsolatedCopy, Removal } from '../isolation.ts';
import type { RefusedReason } from '../outcome.ts';
import { type ChooseVersions, idsOfSize } from '../remove/choose-versions.ts';
import { noVersions, removeRemaining } from '../remove/remove-object.ts';
import type { ListedVersion } from '../source-buckets.ts';
import { isNullVersion } from '../version-id.ts';
import type { Work } from '../work.ts';

/** Whether the bucket is gone, or belongs to another account. It was emptied before. */
export function isWithoutBucket(reason: RefusedReason): boolean {
  return reason === 'no-such-bucket' || reason === 'wrong-owner';
}

/**
 * Returns `unseen` if the source cannot be read, and `undefined` if its bucket is gone. Throws
 * `RetryableError` if the flagged bytes were put again since the look that did not find them, or if the version that the
 * finding names is listed although HEAD lacks it.
 */
export async function finishRemoval(
  { finding, ports }: Work,
  chooseRemaining: ChooseVersions,
  copy: IsolatedCopy,
): Promise<Removal | 'unseen' | undefined> {
  const { sourceVersionId } = copy.provenance;
  const { isolationBucket, sourceBuckets } = ports;
  const note = noteIdentical(finding.object, copy, isolationBucket);
  const choose: ChooseVersions = async (listed, gone) => {
    if (listed.some((version) => isNamed(finding.object, version))) throw inFlux();
    return chooseRemaining(listed, gone);
  };
  try {
    if (sourceVersionId === undefined) {
      const listed = await sourceBuckets.listVersions(finding.object);
      if (!hasVersions(listed)) return lookAtUnversioned(finding, copy, listed);
    }
    return await removeRemaining(
      finding.object,
      flaggedBytesOf(copy.provenance),
      sourceBuckets,
      choose,
      note,
    );
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return isWithoutBucket(error.reason) ? undefined : 'unseen';
  }
}

/** Some stores do not show the id of a `null` version, so the provenance of its copy has no version id. */
function hasVersions(listed: readonly ListedVersion[]): boolean {
  return listed.some(({ versionId }) => !isNullVersion(versionId));
}

/** What lies at the key may be the same bytes under another ETag, if it has their size. */
function lookAtUnversioned(
  { object }: Finding,
  { provenance }: IsolatedCopy,
  listed: readonly ListedVersion[],
): Removal {
  const flagged = object.eTag ?? provenance.sourceETag;
  const objects = listed.filter(({ isMarker }) => !isMarker);
  if (objects.some(({ eTag }) => eTag === flagged)) throw inFlux();
  const mayBeSame = idsOfSize(objects, provenance.sizeBytes);
  return { ...noVersions, remainingVersions: mayBeSame, uncomparedVersions: mayBeSame };
}

/** Whether a listed version is the one that the finding names, with the bytes that it names. */
export function isNamed({ eTag, versionId }: FlaggedObject, listed: ListedVersion): boolean {
  return !listed.isMarker && listed.versionId === versionId && [undefined, listed.eTag].includes(eTag);
}

export function inFlux(): RetryableError {
  return new RetryableError(
    'SourceInFlux',
    'the flagged bytes are there, although an earlier look or call missed them',
  );
}
