import { releaseKey } from '../../evidence/keys.ts';
import { type ReleaseRecord, readReleaseRecord } from '../../evidence/read-release.ts';
import type { ObjectAddress } from '../../finding.ts';
import type { IsolationBucket } from '../../isolation-bucket.ts';

/**
 * Writes the record that a person released this identity (ETag or version id) of the object. Workers look for the record
 * of the identity alone. A record of another person or reason stays, and this record is written beside it: an object may
 * be released again, and a command may have been stopped between its record and the release.
 */
export async function recordRelease(
  object: ObjectAddress,
  id: string,
  record: ReleaseRecord,
  isolationBucket: IsolationBucket,
): Promise<'written' | 'exists'> {
  const key = releaseKey(object, id);
  const text = JSON.stringify(record);
  if ((await isolationBucket.put(key, text)) === 'written') return 'written';
  const there = readReleaseRecord(await isolationBucket.get(key));
  if (there?.who === record.who && there.why === record.why) return 'exists';
  return isolationBucket.put(releaseKey(object, id, JSON.stringify([record.who, record.why])), text);
}
