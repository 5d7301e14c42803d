import type { FlaggedObject } from '../../finding.ts';
import type { EvidenceReader } from '../records/evidence-reader.ts';
import { findRecords } from '../records/find-records.ts';
import { type Candidate, candidatesOf, type FindingName } from '../records/finding-name.ts';

/** The object that a finding id leads to, before anything is put back. */
export type ReleasePlan =
  | {
      readonly kind: 'object';
      readonly findingId: string;
      readonly object: FlaggedObject;
      /** Where the record says that the copy is. */
      readonly isolationKey: string;
      readonly sourceLastModified?: string;
      /** The versions that the records name as removed: per record the flagged one last, the others newest first. */
      readonly removedVersions: readonly string[];
    }
  /** `unreadable` is the key of a record that is there, and that cannot be understood or is about no object. */
  | { readonly kind: 'no-record'; readonly unreadable?: string }
  /** The finding has records, and none of them says that its object was copied. */
  | {
      readonly kind: 'not-isolated';
      readonly outcomes: readonly string[];
      readonly findingId: string;
      readonly object: FlaggedObject;
      /** Whether a record says that the object was fenced. */
      readonly isFenced: boolean;
    }
  /** The beginning of an id fits several findings, or the id has records of several objects. */
  | { readonly kind: 'ambiguous'; readonly candidates: readonly Candidate[] };

/** Finds the object that a release by this name would put back. */
export async function planRelease(name: FindingName, evidence: EvidenceReader): Promise<ReleasePlan> {
  const { records, unreadable } = await findRecords(name, evidence);
  const [first] = records;
  if (first === undefined) return { kind: 'no-record', ...(unreadable !== undefined && { unreadable }) };
  const candidates = candidatesOf(records);
  if (candidates.length > 1) return { kind: 'ambiguous', candidates };
  for (const { findingId, isolationKey, object, outcome, sourceLastModified } of records) {
    if (isolationKey === undefined || outcome === 'dry_run') continue;
    const removedVersions = records.flatMap((record) => record.removedVersions);
    const known = { findingId, object, isolationKey, removedVersions };
    return { kind: 'object', ...known, ...(sourceLastModified !== undefined && { sourceLastModified }) };
  }
  return {
    kind: 'not-isolated',
    outcomes: [...new Set(records.map(({ outcome }) => outcome))],
    findingId: first.findingId,
    object: first.object,
    isFenced: records.some(({ fence }) => fence === 'fenced' || fence === 'tagged'),
  };
}

/**
 * Orders releases so that of several versions of one key the older come first, and the newest is the current one
 * at the end. Everything else stays in its order.
 */
export function olderVersionsFirst<
  Row extends { readonly object?: FlaggedObject; readonly sourceLastModified?: string },
>(rows: readonly Row[]): readonly Row[] {
  const byKey = new Map<string, Row[]>();
  const keyOf = ({ object }: Row) => JSON.stringify([object?.accountId, object?.bucket, object?.key]);
  for (const row of rows) byKey.set(keyOf(row), [...(byKey.get(keyOf(row)) ?? []), row]);
  for (const [key, same] of byKey) byKey.set(key, [...inOrderOfTime(same)]);
  return rows.map((row) => byKey.get(keyOf(row))?.shift() ?? row);
}

/** Orders by the times of the sources, oldest first. Rows of the same time, or without one, stay in their order. */
export function inOrderOfTime<Row extends { readonly sourceLastModified?: string }>(
  rows: readonly Row[],
): readonly Row[] {
  const timeOf = ({ sourceLastModified = '' }: Row) => sourceLastModified;
  return rows.toSorted((one, other) =>
    timeOf(one) < timeOf(other) ? -1 : Number(timeOf(one) > timeOf(other)),
  );
}
