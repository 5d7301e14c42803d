import { readStoredRecord, type StoredRecord } from '../../evidence/stored-record.ts';
import type { EvidenceReader } from './evidence-reader.ts';
import { inOrder } from './in-order.ts';
import type { RecordFilter } from './record-filter.ts';
import { type RecordName, recordNames, type Span } from './record-names.ts';

/** A record that a listing found. */
export interface ListedRecord extends RecordName {
  /** Absent if the name told enough, and if the record cannot be understood. */
  readonly record?: StoredRecord;
}

export interface Listing {
  readonly evidence: EvidenceReader;
  readonly span: Span;
  readonly filter: RecordFilter;
  /** The caller shows more than names: every record that may match is read. */
  readonly reads: boolean;
  /** The key of the record after which the listing goes on. */
  readonly after?: string;
  /** Called for a record that cannot be understood. It is listed only if its name alone matches. */
  readonly unreadable: (name: RecordName) => void;
}

/** How many records are read at the same time. */
const readsAtOnce = 32;

/**
 * Yields the records that match, newest day first. Only some dozens are held at a time, whatever their number.
 */
export async function* listRecords(listing: Listing): AsyncGenerator<ListedRecord> {
  const { after, evidence, filter, reads, span, unreadable } = listing;
  const looked = inOrder(recordNames(evidence, span, after), readsAtOnce, async (name) => {
    const isMatch = filter.byName(name);
    if (isMatch === false) return undefined;
    if (isMatch === true && !reads) return name;
    const record = readStoredRecord(await evidence.get(name.recordKey));
    if (record === undefined) {
      unreadable(name);
      return isMatch === true ? name : undefined;
    }
    return filter.byContent(record) ? { ...name, record } : undefined;
  });
  for await (const found of looked) if (found !== undefined) yield found;
}

export interface Rest {
  /** Records that match by their names. */
  readonly sure: number;
  /** Records that would have to be read. */
  readonly possible: number;
  /** Whether there are more, which were not counted. */
  readonly isCut: boolean;
}

/** Counts the records after this one, by their names alone. */
export async function countAfter(
  { evidence, filter, span }: Pick<Listing, 'evidence' | 'filter' | 'span'>,
  after: string,
  atMost: number,
): Promise<Rest> {
  let sure = 0;
  let possible = 0;
  for await (const name of recordNames(evidence, span, after)) {
    const isMatch = filter.byName(name);
    if (isMatch === false) continue;
    if (sure + possible === atMost) return { sure, possible, isCut: true };
    if (isMatch === true) sure += 1;
    else possible += 1;
  }
  return { sure, possible, isCut: false };
}
