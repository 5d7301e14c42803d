import { parseRecordKey, prefixes, recordsBeginning } from '../../evidence/keys.ts';
import type { EvidenceReader } from './evidence-reader.ts';

/** The facts that the key of a record holds. */
export interface RecordName {
  readonly recordKey: string;
  /** The day on which Macie created the finding, such as `2026-11-27`. */
  readonly day: string;
  readonly findingId: string;
  /** The digest of the object, where the id has this outcome for another object too. */
  readonly object?: string;
  readonly outcome: string;
}

/** A time span of findings. `until` does not belong to it. */
export interface Span {
  readonly since?: Date;
  readonly until?: Date;
}

const dayMs = 86_400_000;

/** Yields the names of all records of a span, newest day first, and by finding id within a day. */
export async function* recordNames(
  evidence: EvidenceReader,
  span: Span = {},
  /** The key of the record after which the listing goes on. */
  after?: string,
): AsyncGenerator<RecordName> {
  const from = after === undefined ? undefined : parseRecordKey(after);
  for (const day of await recordDays(evidence)) {
    if (!overlaps(day, span) || (from !== undefined && day > from.day)) continue;
    const startAfter = from?.day === day ? after : undefined;
    for await (const recordKey of evidence.keys(recordsBeginning(`dt=${day}`, ''), startAfter)) {
      const name = parseRecordKey(recordKey);
      if (name !== undefined) yield { ...name, recordKey };
    }
  }
}

/** Returns the days that have records, newest first. */
export async function recordDays(evidence: EvidenceReader): Promise<readonly string[]> {
  const folders = await evidence.folders(prefixes.records);
  return folders
    .filter((folder) => /^dt=\d{4}-\d\d-\d\d$/.test(folder))
    .map((folder) => folder.slice('dt='.length))
    .toSorted()
    .toReversed();
}

function overlaps(day: string, { since, until }: Span): boolean {
  const start = Date.parse(day);
  return (
    (since === undefined || start + dayMs > since.getTime()) &&
    (until === undefined || start < until.getTime())
  );
}

/** Whether every moment of the day lies in the span, so that no record of the day has to be read for its time. */
export function holdsWholeDay({ since, until }: Span, day: string): boolean {
  const start = Date.parse(day);
  return (
    (since === undefined || start >= since.getTime()) &&
    (until === undefined || start + dayMs <= until.getTime())
  );
}
