import * as z from 'zod';
import type { FlaggedObject, ObjectAddress } from '../finding.ts';
import type { Provenance, VersionSeen } from '../isolation.ts';
import { jsonOf } from '../json.ts';
import type { IsolationBucket } from '../ports.ts';
import { isNullVersion } from '../version-id.ts';
import { identicalNoteKey } from './keys.ts';

/** Notes where the bytes of a version lie that is about to go without a copy of its own. */
export type NoteIdentical = (version: VersionSeen) => Promise<void>;

/** A finding of its own may come for an identical version; by this note it finds the copy. */
export function noteIdentical(
  object: ObjectAddress,
  copy: { readonly key: string; readonly provenance: Pick<Provenance, 'sourceETag'> },
  isolation: IsolationBucket,
): NoteIdentical {
  const { accountId, bucket, key } = object;
  return async ({ versionId, eTag }) => {
    const byETag = { accountId, bucket, key, eTag };
    const put = (identity: FlaggedObject) =>
      isolation.put(identicalNoteKey(identity), JSON.stringify({ isolationKey: copy.key, eTag }));
    if (!isNullVersion(versionId)) await put({ ...byETag, versionId });
    // A finding may have the ETag alone. To the ETag that the copy's provenance has, a listing of the copies leads.
    if (isNullVersion(versionId) || eTag !== copy.provenance.sourceETag) await put(byETag);
  };
}

/** The key of the copy that holds the bytes of this version, removed as identical to another. */
export async function findIdenticalCopy(
  object: FlaggedObject,
  isolation: IsolationBucket,
): Promise<string | undefined> {
  const note = noteSchema.safeParse(jsonOf(await isolation.get(identicalNoteKey(object)))).data;
  if (note === undefined || (object.eTag !== undefined && object.eTag !== note.eTag)) return undefined;
  return note.isolationKey;
}

const noteSchema = z.object({ isolationKey: z.string(), eTag: z.string() });
