import * as z from 'zod';
import type { RecordedFinding } from '../finding.ts';
import type { IsolationResult, SourceSeen } from '../isolation.ts';
import type { IsolationBucket } from '../isolation-bucket.ts';
import { jsonOf } from '../json.ts';
import { removalNoteKey } from './keys.ts';

/**
 * Notes a removal whose alert or record failed. A later delivery, perhaps at another worker, finds the object
 * gone and would otherwise know only bounds for the time of the removal. The note must not hide the failure
 * for which it is written, so this function does not throw.
 */
export async function noteRemoval(
  isolation: IsolationBucket,
  finding: RecordedFinding,
  { removedAt, removal, source }: IsolationResult,
): Promise<void> {
  if (removedAt === undefined) return;
  const note = {
    removedAt,
    removedVersions: removal?.removedVersions,
    source: source && noted(source),
  };
  try {
    await isolation.put(removalNoteKey(finding), JSON.stringify(note));
  } catch {
    // Without the note the bounds must do.
  }
}

/** Keeps only the facts that a record needs, because HEAD also shows the user's metadata. */
function noted({ versionId, sizeBytes, lastModified, storageClass, replicationStatus }: SourceSeen) {
  return { versionId, sizeBytes, lastModified, storageClass, replicationStatus };
}

/** Adds the facts that an earlier handling noted. Facts that this handling saw itself are not replaced. */
export async function withRemovalNote(
  isolation: IsolationBucket,
  finding: RecordedFinding,
  known: IsolationResult,
): Promise<IsolationResult> {
  if (known.outcome.name !== 'isolated' || known.removedAt !== undefined) return known;
  const note = noteSchema.safeParse(jsonOf(await isolation.get(removalNoteKey(finding)))).data;
  if (note === undefined) return known;
  const { removedBetween: _, removal, ...rest } = known;
  const removedVersions = [...new Set([...note.removedVersions, ...(removal?.removedVersions ?? [])])];
  return {
    ...rest,
    removedAt: note.removedAt,
    ...(removal && { removal: { ...removal, removedVersions } }),
    ...(note.source && { source: note.source }),
  };
}

const date = z.iso.datetime().transform((text) => new Date(text));
const noteSchema = z.object({
  removedAt: date,
  removedVersions: z.array(z.string()).default([]),
  source: z
    .object({
      versionId: z.string().exactOptional(),
      sizeBytes: z.int().nonnegative(),
      lastModified: date.exactOptional(),
      storageClass: z.string().exactOptional(),
      replicationStatus: z.string().exactOptional(),
    })
    .exactOptional(),
});
