import * as z from 'zod';
import type { RecordedFinding } from '../finding.ts';
import type { IsolationResult, SourceSeen } from '../isolation.ts';
import { jsonOf } from '../json.ts';
import type { IsolationBucket } from '../ports.ts';
import { removalNoteKey } from './keys.ts';

/**
 * What a handling knows that removed an object and then could not tell of it, since the alert or the record
 * failed. A later delivery, perhaps at another worker, finds the object gone and would know only a bound. Must not
 * hide the failure that it is written for, so it does not throw.
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
    // Then the bound has to do.
  }
}

/** No more than a record needs: what HEAD shows holds the user's metadata too. */
function noted({ versionId, sizeBytes, lastModified, storageClass, replicationStatus }: SourceSeen) {
  return { versionId, sizeBytes, lastModified, storageClass, replicationStatus };
}

/** The isolation with what an earlier handling noted of it. What this handling saw itself is not replaced. */
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
