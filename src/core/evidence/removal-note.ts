import * as z from 'zod';
import type { RecordedFinding } from '../finding.ts';
import type { IsolationResult, SourceSeen } from '../isolation.ts';
import type { IsolationBucket } from '../isolation-bucket.ts';
import { jsonOf } from '../json.ts';
import { removalNoteKey } from './keys.ts';

/** A message is received no more often by far. */
const mostNotes = 50;

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
    source: source && facts(source),
  };
  try {
    for (let earlier = 0; earlier < mostNotes; earlier++) {
      const key = removalNoteKey(finding, earlier);
      if ((await isolation.put(key, JSON.stringify(note))) === 'written') return;
      // The note may be about this very removal, of which people could not be told yet.
      if ((await readNote(isolation, key))?.removedAt.getTime() === removedAt.getTime()) return;
    }
  } catch {
    // Without the note the bounds must do.
  }
}

/** Keeps only the facts that a record needs, because HEAD also shows the user's metadata. */
function facts({ versionId, sizeBytes, lastModified, storageClass, replicationStatus }: SourceSeen) {
  return { versionId, sizeBytes, lastModified, storageClass, replicationStatus };
}

/** Adds the facts that an earlier handling noted. Facts that this handling saw itself are not replaced. */
export async function withRemovalNote(
  isolation: IsolationBucket,
  finding: RecordedFinding,
  known: IsolationResult,
): Promise<IsolationResult> {
  if (known.outcome.name !== 'isolated' || known.removedAt !== undefined) return known;
  const notes = await readNotes(isolation, finding);
  // The data was readable until the latest removal.
  const note = notes.at(-1);
  if (note === undefined) return known;
  const { removedBetween: _, removal, ...rest } = known;
  const noted = notes.flatMap(({ removedVersions }) => removedVersions);
  const removedVersions = [...new Set([...noted, ...(removal?.removedVersions ?? [])])];
  return {
    ...rest,
    removedAt: note.removedAt,
    ...(removal && { removal: { ...removal, removedVersions } }),
    ...(note.source && { source: note.source }),
  };
}

/** Returns the notes in the order of the removals. */
async function readNotes(isolation: IsolationBucket, finding: RecordedFinding): Promise<readonly Note[]> {
  const notes: Note[] = [];
  while (notes.length < mostNotes) {
    const note = await readNote(isolation, removalNoteKey(finding, notes.length));
    if (note === undefined) break;
    notes.push(note);
  }
  return notes;
}

async function readNote(isolation: IsolationBucket, key: string): Promise<Note | undefined> {
  return noteSchema.safeParse(jsonOf(await isolation.get(key))).data;
}

type Note = z.output<typeof noteSchema>;

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
