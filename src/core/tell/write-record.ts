import { recordKey } from '../evidence/keys.ts';
import { placeOfRecord, type RecordPlace } from '../evidence/record-place.ts';
import type { RecordedFinding } from '../finding.ts';
import type { IsolationResult } from '../isolation.ts';
import type { IsolationBucket } from '../isolation-bucket.ts';
import { isRepetition, type Message } from '../message.ts';
import type { Outcome } from '../outcome.ts';
import { evidenceRecord, type RecordInput } from './record.ts';

interface Recorded {
  readonly outcome: Outcome;
  readonly isolation?: IsolationResult;
}

/**
 * Returns the key of the record, and whether the record exists. If the bytes were removed just now, on a
 * first delivery, there can be no record, and the call is saved. On the last receive, people must be alerted
 * even if the bucket cannot be read.
 */
export async function placeOf(
  ending: Recorded,
  finding: RecordedFinding,
  message: Message,
  isolationBucket: IsolationBucket,
  isLast: boolean,
): Promise<RecordPlace> {
  const usual = { key: recordKey(finding, ending.outcome), exists: false };
  if (isFresh(ending, message) && isolationBucket.holds?.(usual.key) !== true) return usual;
  const asking = placeOfRecord(isolationBucket, finding, ending.outcome);
  return isLast ? asking.catch(() => usual) : asking;
}

/** A record that this handling wrote. */
export interface WrittenRecord {
  readonly key: string;
  readonly json: string;
}

/** Returns `undefined` if an earlier delivery wrote the record. */
export async function putRecord(
  input: RecordInput,
  place: RecordPlace,
  isolationBucket: IsolationBucket,
  alertAbout: (there: RecordPlace) => Promise<unknown>,
): Promise<WrittenRecord | undefined> {
  const json = JSON.stringify(evidenceRecord(input));
  if ((await isolationBucket.put(place.key, json)) === 'written') return { key: place.key, json };
  const there = await placeOfRecord(isolationBucket, input.finding, input.outcome);
  // Meanwhile another object came under this finding id, and the alert named the record of that object.
  if (there.key !== place.key) await alertAbout(there);
  if (there.exists) return isOwn(there.key, json, isolationBucket);
  const answer = await isolationBucket.put(there.key, json);
  return answer === 'written' ? { key: there.key, json } : undefined;
}

/** A retry of the call may have found what its first attempt wrote. Times make the records of two handlings differ. */
async function isOwn(
  key: string,
  json: string,
  isolationBucket: IsolationBucket,
): Promise<WrittenRecord | undefined> {
  const stored = await isolationBucket.get(key).catch(() => undefined);
  return stored === json ? { key, json } : undefined;
}

function isFresh({ outcome, isolation }: Recorded, message: Message): boolean {
  const kind = isolation?.removal?.kind;
  if (isRepetition(message) || (kind !== 'removed' && kind !== 'untouched')) return false;
  // Another message with this finding id may have found the same.
  if (outcome.name === 'changed' || outcome.name === 'gone') return false;
  // An `isolated` without a time of removal ends work that another message with this finding id began. That
  // message may have written the record.
  return outcome.name !== 'isolated' || isolation?.removedAt !== undefined;
}
