import type { Alert } from '../alert.ts';
import { detectionParts, objectOfRecord, type StoredRecord } from '../evidence/stored-record.ts';
import { type Detection, severities } from '../finding.ts';
import type { IsolationResult, Provenance, VersionsTouched } from '../isolation.ts';
import { type Outcome, type OutcomeName, outcomeReasons, outcomes } from '../outcome.ts';
import type { Decision } from '../policy/policy.ts';
import type { PropertyName } from '../properties.ts';
import type { AlertInput } from './alert-input.ts';
import { alertFor } from './alert-text.ts';

/**
 * Makes the alert of a record once more, for people who were not told. It says what the record says, so it
 * holds at the time of the record. Returns `undefined` for a record of an outcome that this version does not
 * know.
 */
export function alertAgain(
  recordKey: string,
  record: StoredRecord,
  isolationBucket: string,
): Alert | undefined {
  const outcome = outcomeOf(record.outcome, record.reason);
  if (outcome === undefined) return undefined;
  const decision = decisionOf(record);
  const isolation = isolationOf(record, outcome);
  const intended = record.outcome === 'dry_run' ? record.isolation_key : null;
  const input: AlertInput = {
    finding: findingOf(record),
    outcome,
    isolationBucket,
    recordKey,
    messageId: record.message_id ?? 'unknown',
    ...(decision && { decision }),
    ...(isolation && { isolation }),
    ...(intended !== null && { intendedIsolationKey: intended }),
  };
  return alertFor(input);
}

/** The reason of a record is the last error's code if the retries were exhausted. */
function outcomeOf(name: string, reason: string | null): Outcome | undefined {
  if (!Object.hasOwn(outcomes, name)) return undefined;
  const reasons: readonly string[] = outcomeReasons[name as OutcomeName];
  if (reasons.length === 0) return { name } as Outcome;
  if (reason !== null && reasons.includes(reason)) return { name, reason } as Outcome;
  return reasons.includes('retries-exhausted')
    ? ({ name, reason: 'retries-exhausted', ...(reason !== null && { lastError: reason }) } as Outcome)
    : undefined;
}

function findingOf(record: StoredRecord): NonNullable<AlertInput['finding']> {
  const severity = severities.find((one) => one === record.severity);
  const object = objectOfRecord(record);
  return {
    id: record.finding_id,
    createdAt: new Date(record.finding_created_at ?? record.recorded_at ?? 0),
    detections: record.detections.map(detectionOf),
    detectionsOmitted: record.detections_omitted ?? 0,
    ...(record.finding_type !== null && { type: record.finding_type }),
    ...(severity && { severity }),
    ...(object && { object }),
  };
}

function detectionOf(text: string): Detection {
  const { count, kind, name } = detectionParts(text);
  return {
    kind: kind === 'custom' ? 'custom' : 'managed',
    name,
    ...(/^\d+$/.test(count) && { count: Number(count) }),
  };
}

function decisionOf(record: StoredRecord): Decision | undefined {
  const { policy_action: action, policy_exception: name, policy_hash: policy, policy_rule: rule } = record;
  if (action === null || rule === null) return undefined;
  return {
    action: action as Decision['action'],
    rule,
    ...(policy !== null && { policy }),
    ...(name !== null && { exception: { name, reason: record.policy_reason ?? '' } }),
    ...(record.policy_missing !== null && { missing: record.policy_missing }),
  };
}

function isolationOf(record: StoredRecord, outcome: Outcome): IsolationResult | undefined {
  if (record.isolation_bucket === null && record.removed_versions.length === 0) return undefined;
  const { delete_marker_version_id: marker } = record;
  const touched: VersionsTouched = {
    removedVersions: record.removed_versions,
    remainingVersions: record.remaining_versions,
    uncomparedVersions: record.uncompared_versions,
    ...(marker !== null && { markerVersionId: marker }),
  };
  const isRetained = outcome.name === 'retained' && outcome.reason !== 'retries-exhausted';
  const copy = record.outcome === 'dry_run' ? undefined : copyOf(record);
  return {
    outcome,
    removal: isRetained
      ? { kind: 'retained', reason: outcome.reason, ...touched }
      : { kind: touched.removedVersions.length > 0 ? 'removed' : 'untouched', ...touched },
    ...(copy && { copy }),
    ...(record.source_replication_status !== null && {
      source: { sizeBytes: record.size_bytes ?? 0, replicationStatus: record.source_replication_status },
    }),
  };
}

/** The alert names of a copy its key, and the properties that it does not carry. */
function copyOf(record: StoredRecord): IsolationResult['copy'] {
  const { isolation_key: key } = record;
  if (key === null) return undefined;
  const left = record['properties_left_behind'];
  const provenance: Provenance = {
    findingId: record.finding_id,
    sourceETag: record.etag ?? '',
    sizeBytes: record.size_bytes ?? 0,
    checksum: {
      algorithm: record.checksum_algorithm ?? '',
      value: record.checksum ?? '',
      type: 'FULL_OBJECT',
    },
    isolatedAt: record.recorded_at ?? '',
    serviceVersion: record.service_version ?? '',
    ...(Array.isArray(left) && {
      leftBehind: left.filter((name): name is PropertyName => typeof name === 'string'),
    }),
  };
  return { key, provenance, madeNow: false };
}
