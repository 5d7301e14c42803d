import type { EvidenceReader } from '../evidence-reader.ts';
import { recordNames } from '../record-names.ts';

/** What the names of the records of some days tell. No record is read. */
export interface RecordCounts {
  /** The first day that was counted. */
  readonly since: string;
  /** Findings of today whose objects were isolated. */
  readonly isolatedToday: number;
  /** Findings that ended so, and that no later outcome ended otherwise: their data can or may still be read. */
  readonly retained: number;
  readonly refused: number;
  /** A limit was spent, and nothing was done. */
  readonly held: number;
}

/** Outcomes after which the flagged bytes are not where they were, or may stay there because a person says so. */
const ended: ReadonlySet<string> = new Set(['isolated', 'already_isolated', 'released', 'changed', 'gone']);

/**
 * Counts findings by the outcomes in the names. All records of a finding have the same day and follow each
 * other, so that one finding is held at a time.
 */
export async function countRecords(evidence: EvidenceReader, since: Date, now: Date): Promise<RecordCounts> {
  const today = now.toISOString().slice(0, 10);
  const day = since.toISOString().slice(0, 10);
  const counts = { since: day, isolatedToday: 0, retained: 0, refused: 0, held: 0 };
  let finding = '';
  let outcomes = new Set<string>();
  const close = () => {
    if (outcomes.has('isolated') && finding.startsWith(today)) counts.isolatedToday += 1;
    if ([...outcomes].some((outcome) => ended.has(outcome))) return;
    if (outcomes.has('retained')) counts.retained += 1;
    else if (outcomes.has('refused')) counts.refused += 1;
    else if (outcomes.has('held')) counts.held += 1;
  };
  for await (const name of recordNames(evidence, { since: new Date(`${day}T00:00:00Z`) })) {
    const next = `${name.day}/${name.findingId}`;
    if (next !== finding) {
      close();
      finding = next;
      outcomes = new Set();
    }
    outcomes.add(name.outcome);
  }
  close();
  return counts;
}
