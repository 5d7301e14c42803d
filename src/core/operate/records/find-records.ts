import { objectDigest, parseRecordKey, recordsBeginning } from '../../evidence/keys.ts';
import { type RecordRead, readRecord } from '../../evidence/read-record.ts';
import type { EvidenceReader } from './evidence-reader.ts';
import type { FindingName } from './finding-name.ts';
import { inOrder } from './in-order.ts';
import { type RecordName, recordDays } from './record-names.ts';

export interface RecordFound extends RecordRead {
  readonly recordKey: string;
}

/** How many days are listed at the same time. */
const daysAtOnce = 16;

/**
 * Finds the names of a finding's records. The id may be cut to its first characters; then the names of all
 * findings that begin so are returned, because the caller must tell whether the id is ambiguous. Records are
 * stored by the day of their finding, which the id does not tell: each day costs one listing. The search ends
 * with the first day that has the whole id.
 */
export async function findRecordNames(
  idOrBeginning: string,
  evidence: EvidenceReader,
): Promise<readonly RecordName[]> {
  const found: RecordName[] = [];
  const days = inOrder(await recordDays(evidence), daysAtOnce, (day) =>
    namesOfDay(day, idOrBeginning, evidence),
  );
  for await (const names of days) {
    const whole = names.filter(({ findingId }) => findingId === idOrBeginning);
    if (whole.length > 0) return whole;
    found.push(...names);
  }
  return found;
}

async function namesOfDay(day: string, beginning: string, evidence: EvidenceReader): Promise<RecordName[]> {
  const names: RecordName[] = [];
  for await (const recordKey of evidence.keys(recordsBeginning(`dt=${day}`, beginning))) {
    const name = parseRecordKey(recordKey);
    if (name !== undefined) names.push({ ...name, recordKey });
  }
  return names;
}

export interface RecordsFound {
  readonly records: readonly RecordFound[];
  /** The key of a record that cannot be understood, or that is about no object, if there is one. */
  readonly unreadable?: string;
}

/** Reads the records of a finding, newest day first, as far as they are about an object, or about the named one. */
export async function findRecords(
  { id, object }: FindingName,
  evidence: EvidenceReader,
): Promise<RecordsFound> {
  const records: RecordFound[] = [];
  let unreadable: string | undefined;
  for (const { recordKey } of await findRecordNames(id, evidence)) {
    const record = readRecord((await evidence.get(recordKey)) ?? '');
    if (record === undefined) unreadable ??= recordKey;
    else if (object === undefined || object === objectDigest(record.object)) {
      records.push({ ...record, recordKey });
    }
  }
  return { records, ...(unreadable !== undefined && { unreadable }) };
}
