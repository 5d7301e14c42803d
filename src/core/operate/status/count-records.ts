import { outcomes } from '../../outcome.ts';
import type { EvidenceReader } from '../records/evidence-reader.ts';
import { recordNames } from '../records/record-names.ts';

/** Counts from the names of the records of some days. No record is read. */
export interface RecordCounts {
  /** The first day that was counted. */
  readonly since: string;
  /** Findings of today whose objects were isolated. */
  readonly isolatedToday: number;
  /**
   * Findings whose data can or may still be read if no fence contains it, by the outcome that missed the objective. No later outcome ended them
   * otherwise. A finding with several such outcomes counts under the first one of `outcomes`.
   */
  readonly missed: Readonly<Record<string, number>>;
}

const missed = Object.entries(outcomes).flatMap(([name, { objective }]) =>
  objective === 'missed' ? [name] : [],
);

/** Outcomes after which the flagged bytes are not where they were, or may stay there because a person says so. */
const ended: ReadonlySet<string> = new Set(['isolated', 'already_isolated', 'released', 'changed', 'gone']);

/**
 * Counts findings by the outcomes in the names. All records of a finding have the same day and follow each
 * other, so that one finding is held at a time.
 */
export async function countRecords(evidence: EvidenceReader, since: Date, now: Date): Promise<RecordCounts> {
  const today = now.toISOString().slice(0, 10);
  const day = since.toISOString().slice(0, 10);
  const counts = new Map(missed.map((name) => [name, 0]));
  let isolatedToday = 0;
  let finding = '';
  let recorded = new Set<string>();
  const close = () => {
    if (recorded.has('isolated') && finding.startsWith(today)) isolatedToday += 1;
    if ([...recorded].some((outcome) => ended.has(outcome))) return;
    const name = missed.find((outcome) => recorded.has(outcome));
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  for await (const name of recordNames(evidence, { since: new Date(`${day}T00:00:00Z`) })) {
    const next = `${name.day}/${name.findingId}`;
    if (next !== finding) {
      close();
      finding = next;
      recorded = new Set();
    }
    recorded.add(name.outcome);
  }
  close();
  return { since: day, isolatedToday, missed: Object.fromEntries(counts) };
}
