import { parseRecordKey, recordsBeginning } from '../../evidence/keys.ts';
import { readStoredRecord } from '../../evidence/stored-record.ts';
import { isIdOfMacie } from '../../finding.ts';
import { type FindingsArchive, type ListedFinding, listFindings } from '../list-findings.ts';
import { byObject } from '../records/by-object.ts';
import type { EvidenceReader } from '../records/evidence-reader.ts';
import { holdsWholeDay, type RecordName } from '../records/record-names.ts';
import { daysOf } from './days.ts';
import { type FindingState, isUnreadable, stateOf, worstOf } from './finding-state.ts';

export interface ComparePorts {
  readonly archive: FindingsArchive;
  readonly evidence: EvidenceReader;
}

export interface CompareSpan {
  readonly regions: readonly string[];
  readonly since: Date;
  readonly until: Date;
}

/** A finding of Macie and what its records say, a record without a finding, or an id that Macie lists alone. */
export interface Comparison {
  readonly state: FindingState;
  readonly findingId: string;
  /** The day of the finding, such as `2026-11-27`. */
  readonly day: string;
  /** Absent for a record without a finding, and where Macie lists the id and does not give the finding. */
  readonly finding?: ListedFinding;
  /** The outcomes on record. */
  readonly outcomes: readonly string[];
  /** Why the data can still be read, and whether a fence contained it when that was recorded. */
  readonly reason?: string;
}

/**
 * Compares Macie's findings with the records, day by day, oldest first: findings and names of one day are held at
 * a time. `withOrphans`: also looks for records whose finding Macie does not know, on days that lie in the span.
 */
export async function* compareFindings(
  { archive, evidence }: ComparePorts,
  span: CompareSpan,
  { withOrphans }: { readonly withOrphans: boolean },
): AsyncGenerator<Comparison> {
  for (const { day, since, until } of daysOf(span)) {
    const records = await recordsOf(day, evidence);
    const met = new Set<string>();
    for await (const page of listFindings(archive, { regions: span.regions, since, until })) {
      for (const finding of page.findings) {
        met.add(finding.id);
        yield await compared(finding, day, records.get(finding.id) ?? [], evidence);
      }
      for (const findingId of page.unknown) {
        met.add(findingId);
        yield { state: 'not-given', findingId, day, outcomes: outcomesOf(records.get(findingId) ?? []) };
      }
    }
    if (!withOrphans || !holdsWholeDay(span, day)) continue;
    // Requests of operators have records too.
    const unmet = [...records.keys()].filter((id) => isIdOfMacie(id) && !met.has(id));
    for (const findingId of await unknownToMacie(unmet, span.regions, archive)) {
      const outcomes = outcomesOf(records.get(findingId) ?? []);
      yield { state: 'no-finding', findingId, day, outcomes };
    }
  }
}

async function compared(
  finding: ListedFinding,
  day: string,
  names: readonly RecordName[],
  evidence: EvidenceReader,
): Promise<Comparison> {
  const isDone = names.every(({ outcome }) => stateOf([outcome]) === 'done');
  // Two objects may come under one finding id, and what ended one of them leaves the other.
  const objects = names.length < 2 || isDone ? [names] : await byObject(names, evidence);
  const states: ObjectState[] = [];
  for (const records of objects) states.push(await stateOfObject(records, evidence));
  const state = worstOf(states.map((each) => each.state));
  const reasons = states.flatMap((each) => (each.state === state ? each.reasons : []));
  const known = { findingId: finding.id, day, finding, outcomes: outcomesOf(names) };
  return { state, ...known, ...(reasons.length > 0 && { reason: [...new Set(reasons)].join(', ') }) };
}

interface ObjectState {
  readonly state: FindingState;
  readonly reasons: readonly string[];
}

async function stateOfObject(names: readonly RecordName[], evidence: EvidenceReader): Promise<ObjectState> {
  const state = stateOf(outcomesOf(names));
  if (state !== 'readable') return { state, reasons: [] };
  const reasons: string[] = [];
  for (const { outcome, recordKey } of names) {
    if (stateOf([outcome]) !== 'readable') continue;
    const record = readStoredRecord(await evidence.get(recordKey));
    const reason = record?.reason ?? null;
    if (isUnreadable(outcome, reason)) return { state: 'done', reasons: [] };
    if (reason !== null) reasons.push(reason);
    // An operator may have lifted the fence since, so it does not change the state.
    if (record?.fence === 'fenced') reasons.push('fenced');
  }
  return { state, reasons };
}

async function recordsOf(day: string, evidence: EvidenceReader): Promise<Map<string, RecordName[]>> {
  const records = new Map<string, RecordName[]>();
  for await (const recordKey of evidence.keys(recordsBeginning(`dt=${day}`, ''))) {
    const name = parseRecordKey(recordKey);
    if (name === undefined) continue;
    const names = records.get(name.findingId) ?? [];
    names.push({ ...name, recordKey });
    records.set(name.findingId, names);
  }
  return records;
}

function outcomesOf(names: readonly RecordName[]): readonly string[] {
  return [...new Set(names.map(({ outcome }) => outcome))];
}

/** Macie takes no more ids in one call. */
const idsAtOnce = 50;

/** The listing leaves out archived findings, which Macie knows nevertheless. */
async function unknownToMacie(
  ids: readonly string[],
  regions: readonly string[],
  archive: FindingsArchive,
): Promise<readonly string[]> {
  let unknown = ids;
  for (const region of regions) {
    const left: string[] = [];
    for (let at = 0; at < unknown.length; at += idsAtOnce) {
      const some = unknown.slice(at, at + idsAtOnce);
      const found = await archive.get(region, some);
      left.push(...some.filter((id) => !found.has(id)));
    }
    unknown = left;
  }
  return unknown;
}
