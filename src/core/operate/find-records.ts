import { prefixes, recordsBeginning } from '../evidence/keys.ts';
import { type RecordRead, readRecord } from '../evidence/read-record.ts';

/** Reads the isolation bucket for commands, besides its copies. */
export interface EvidenceReader {
  /** Returns the names directly under a prefix that ends in `/`: the text between the prefix and the next `/`. */
  folders(prefix: string): Promise<readonly string[]>;
  /** Returns every key with this prefix, in the order of their bytes. */
  keys(prefix: string): AsyncIterable<string>;
  get(key: string): Promise<string | undefined>;
}

export interface RecordFound extends RecordRead {
  readonly recordKey: string;
}

/**
 * Finds the records of a finding, newest day first. The id may be cut to its first characters. Records are
 * stored by the day of their finding, which the id does not tell: each day costs one listing, and the search
 * ends with the first day that has records.
 */
export async function findRecords(
  idOrBeginning: string,
  evidence: EvidenceReader,
): Promise<readonly RecordFound[]> {
  const days = await evidence.folders(prefixes.records);
  for (const day of days.toSorted().toReversed()) {
    const found: RecordFound[] = [];
    for await (const recordKey of evidence.keys(recordsBeginning(day, idOrBeginning))) {
      const record = readRecord((await evidence.get(recordKey)) ?? '');
      if (record !== undefined) found.push({ ...record, recordKey });
    }
    if (found.length > 0) return found;
  }
  return [];
}
