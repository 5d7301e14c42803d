import { RefusedError } from '../errors.ts';
import { noteIdentical } from '../evidence/identical-versions.ts';
import { flaggedBytesOf } from '../evidence/provenance.ts';
import type { Finding } from '../finding.ts';
import type { IsolatedCopy, Removal } from '../isolation.ts';
import type { SourceBuckets } from '../ports.ts';
import type { ChooseVersions } from '../remove/choose-versions.ts';
import { noVersions, removeRemaining } from '../remove/remove-object.ts';
import type { Work } from '../work.ts';

/** `undefined` where the source cannot be asked: the record then says nothing about it. */
export async function finishRemoval(
  { finding, ports }: Work,
  chooseRemaining: ChooseVersions,
  copy: IsolatedCopy,
): Promise<Removal | undefined> {
  const { sourceVersionId } = copy.provenance;
  const { isolation, source } = ports;
  const note = noteIdentical(finding.object, copy, isolation);
  try {
    if (sourceVersionId === undefined && !(await hasVersions(finding, source))) return noVersions;
    return await removeRemaining(
      finding.object,
      flaggedBytesOf(copy.provenance),
      source,
      chooseRemaining,
      note,
    );
  } catch (error) {
    if (error instanceof RefusedError) return undefined;
    throw error;
  }
}

/** Not every store tells the id of a `null` version, so that there is none in the provenance of its copy. */
async function hasVersions({ object }: Finding, source: SourceBuckets): Promise<boolean> {
  const listed = await source.listVersions(object);
  return listed.some(({ versionId }) => versionId !== 'null');
}
