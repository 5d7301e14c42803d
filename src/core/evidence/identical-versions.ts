import * as z from 'zod';
import type { FlaggedObject, ObjectAddress } from '../finding.ts';
import type { Provenance, VersionSeen } from '../isolation.ts';
import type { IsolationBucket } from '../isolation-bucket.ts';
import { jsonOf } from '../json.ts';
import { isNullVersion } from '../version-id.ts';
import { identicalNoteKey } from './keys.ts';

/** Notes where a copy of the bytes is, before an identical version is removed without a copy of its own. */
export type NoteIdentical = (version: VersionSeen) => Promise<void>;

/** Macie may publish a finding of its own for an identical version. The note leads that finding to the copy. */
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
    // A finding may have only an ETag. No note is needed for the ETag in the copy's provenance, because a
    // listing of the copies finds it.
    if (isNullVersion(versionId) || eTag !== copy.provenance.sourceETag) await put(byETag);
  };
}

/**
 * Returns the key of the copy that holds the bytes of this version, if the version was removed as identical
 * to another version.
 */
export async function findIdenticalCopy(
  object: FlaggedObject,
  isolation: IsolationBucket,
): Promise<string | undefined> {
  const note = noteSchema.safeParse(jsonOf(await isolation.get(identicalNoteKey(object)))).data;
  if (note === undefined || (object.eTag !== undefined && object.eTag !== note.eTag)) return undefined;
  return note.isolationKey;
}

const noteSchema = z.object({ isolationKey: z.string(), eTag: z.string() });
