import type { StoredRecord } from '../evidence/stored-record.ts';
import { fences } from '../fences.ts';
import type { Rehearsal, Removal } from '../isolation.ts';
import { type Outcome, type OutcomeName, outcomeReasons, outcomes } from '../outcome.ts';
import type { PropertyName } from '../properties.ts';
import type { AlertedIsolation } from './alert-input.ts';

/**
 * Returns the outcome of a record; `undefined` if this version does not know it. The reason of a record is the last
 * error's code if the retries were exhausted.
 */
export function outcomeOf(name: string, reason: string | null): Outcome | undefined {
  if (!Object.hasOwn(outcomes, name)) return undefined;
  const reasons: readonly string[] = outcomeReasons[name as OutcomeName];
  if (reasons.length === 0) return { name } as Outcome;
  if (reason !== null && reasons.includes(reason)) return { name, reason } as Outcome;
  return reasons.includes('retries-exhausted')
    ? ({ name, reason: 'retries-exhausted', ...(reason !== null && { lastError: reason }) } as Outcome)
    : undefined;
}

/** Returns what a record says about the object, as far as an alert names it. */
export function isolationOfRecord(record: StoredRecord, outcome: Outcome): AlertedIsolation {
  const copy = copyOf(record);
  const removal = removalOf(record, outcome);
  const fence = fenceOf(record);
  const rehearsal = rehearsalOf(record);
  const { source_replication_status: replicationStatus } = record;
  const isUnseen = record.could_read_object === false && (rehearsal === undefined || fence !== undefined);
  return {
    ...(isUnseen && { unseen: true as const }),
    ...(copy && { copy }),
    ...(removal && { removal }),
    ...(fence && { fence }),
    ...(rehearsal && { rehearsal }),
    ...(replicationStatus !== null && { source: { replicationStatus } }),
  };
}

/** Returns `undefined` if the record says nothing about versions: what could not be looked at is not known. */
function removalOf(record: StoredRecord, outcome: Outcome): Removal | undefined {
  const {
    delete_marker_version_id: marker,
    remaining_versions: remaining,
    removed_versions: removed,
    uncompared_versions: uncompared,
  } = record;
  if ([...removed, ...remaining, ...uncompared].length === 0 && marker === null) return undefined;
  const touched = {
    removedVersions: removed,
    remainingVersions: remaining,
    uncomparedVersions: uncompared,
    ...(marker !== null && { markerVersionId: marker }),
  };
  return outcome.name === 'retained'
    ? { kind: 'retained', reason: outcome.reason, ...touched }
    : { kind: 'untouched', ...touched };
}

function fenceOf(record: StoredRecord): AlertedIsolation['fence'] {
  const fence = fences.find((one) => one === record.fence);
  return fence && { fence, unfencedVersions: record.uncompared_versions };
}

function rehearsalOf(record: StoredRecord): Rehearsal | undefined {
  const expected = outcomeOf(record.expected_outcome ?? '', record.expected_reason);
  if (expected === undefined) return undefined;
  const { could_read_object: object, could_read_tags: tags, could_read_versions: versions } = record;
  const read = {
    ...(object !== null && { object }),
    ...(tags !== null && { tags }),
    ...(versions !== null && { versions }),
  };
  return { expected, wouldRemove: record.would_remove_versions, read };
}

/** The alert names of a copy its key, and the properties that it does not carry. */
function copyOf(record: StoredRecord): AlertedIsolation['copy'] {
  const { isolation_key: key } = record;
  // A dry run names the key that a copy would have.
  if (key === null || (record.outcome === 'dry_run' && record.copy_made_now === null)) return undefined;
  return { key, provenance: { leftBehind: record.properties_left_behind as readonly PropertyName[] } };
}
