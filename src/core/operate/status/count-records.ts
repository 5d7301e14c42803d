import { outcomes } from '../../outcome.ts';
import { byObject } from '../records/by-object.ts';
import type { EvidenceReader } from '../records/evidence-reader.ts';
import { inOrder } from '../records/in-order.ts';
import { type RecordName, recordNames } from '../records/record-names.ts';

/** Counts from the names of the records of some days. No record is read, but of ids with two objects. */
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

/** How many findings are looked into at the same time. */
const findingsAtOnce = 16;

/**
 * Counts findings by the outcomes in the names. Records are read only for an id whose names tell two objects: of these,
 * one that stays decides. A reconciliation reads more, and finds a second object that the names do not tell.
 */
export async function countRecords(evidence: EvidenceReader, since: Date, now: Date): Promise<RecordCounts> {
  const today = now.toISOString().slice(0, 10);
  const day = since.toISOString().slice(0, 10);
  const counts = new Map(missed.map((name) => [name, 0]));
  let isolatedToday = 0;
  const findings = findingsOf(recordNames(evidence, { since: new Date(`${day}T00:00:00Z`) }));
  const looked = inOrder(findings, findingsAtOnce, async (names) => ({
    names,
    name: await missedBy(names, evidence),
  }));
  for await (const { name, names } of looked) {
    if (names.some((each) => each.outcome === 'isolated' && each.day === today)) isolatedToday += 1;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return { since: day, isolatedToday, missed: Object.fromEntries(counts) };
}

/** All records of a finding have the same day and follow each other, so that one finding is held at a time. */
async function* findingsOf(all: AsyncIterable<RecordName>): AsyncGenerator<readonly RecordName[]> {
  let names: RecordName[] = [];
  for await (const name of all) {
    const [first] = names;
    if (first !== undefined && (first.findingId !== name.findingId || first.day !== name.day)) {
      yield names;
      names = [];
    }
    names.push(name);
  }
  if (names.length > 0) yield names;
}

/** Returns the outcome by which an object of the finding missed the objective, if no other outcome ended that object. */
async function missedBy(names: readonly RecordName[], evidence: EvidenceReader): Promise<string | undefined> {
  const isMissed = names.some(({ outcome }) => missed.includes(outcome));
  if (!isMissed) return undefined;
  const hasTwoObjects = names.some(({ object }) => object !== undefined);
  const objects = hasTwoObjects ? await byObject(names, evidence) : [names];
  const left = objects.filter((records) => !records.some(({ outcome }) => ended.has(outcome))).flat();
  return missed.find((name) => left.some(({ outcome }) => outcome === name));
}
