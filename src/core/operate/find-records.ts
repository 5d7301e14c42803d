import { type RecordRead, readRecord } from '../evidence/read-record.ts';

/** What commands read of the isolation bucket beside its copies. */
export interface EvidenceReader {
  /** The names directly under a prefix that ends in `/`: what lies between it and the next `/`. */
  folders(prefix: string): Promise<readonly string[]>;
  /** Every key that begins so, in the order of their bytes. */
  keys(prefix: string): AsyncIterable<string>;
  get(key: string): Promise<string | undefined>;
}

export interface RecordFound extends RecordRead {
  readonly recordKey: string;
}

/**
 * The records of a finding, whose id may be cut to its first characters, newest day first. Records lie by the day of
 * their finding, which an id does not tell: one listing a day, and the search ends with the first day that has some.
 */
export async function findRecords(
  idOrBeginning: string,
  evidence: EvidenceReader,
): Promise<readonly RecordFound[]> {
  const days = await evidence.folders('records/');
  for (const day of days.toSorted().toReversed()) {
    const found: RecordFound[] = [];
    for await (const recordKey of evidence.keys(`records/${day}/${idOrBeginning}`)) {
      const record = readRecord((await evidence.get(recordKey)) ?? '');
      if (record !== undefined) found.push({ ...record, recordKey });
    }
    if (found.length > 0) return found;
  }
  return [];
}
