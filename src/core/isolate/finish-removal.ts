import { RefusedError } from '../errors.ts';
import { noteIdentical } from '../evidence/identical-versions.ts';
import { flaggedBytesOf } from '../evidence/provenance.ts';
import type { Finding } from '../finding.ts';
import type { IsolatedCopy, Removal } from '../isolation.ts';
import type { ChooseVersions } from '../remove/choose-versions.ts';
import { noVersions, removeRemaining } from '../remove/remove-object.ts';
import type { SourceBuckets } from '../source-buckets.ts';
import { isNullVersion } from '../version-id.ts';
import type { Work } from '../work.ts';

/** Returns `undefined` if the source cannot be read: the record then says nothing about versions. */
export async function finishRemoval(
  { finding, ports }: Work,
  chooseRemaining: ChooseVersions,
  copy: IsolatedCopy,
): Promise<Removal | undefined> {
  const { sourceVersionId } = copy.provenance;
  const { isolationBucket, sourceBuckets } = ports;
  const note = noteIdentical(finding.object, copy, isolationBucket);
  try {
    if (sourceVersionId === undefined && !(await hasVersions(finding, sourceBuckets))) return noVersions;
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
async function hasVersions({ object }: Finding, sourceBuckets: SourceBuckets): Promise<boolean> {
  const listed = await sourceBuckets.listVersions(object);
  return listed.some(({ versionId }) => !isNullVersion(versionId));
}
