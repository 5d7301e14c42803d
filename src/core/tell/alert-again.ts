import type { Alert } from '../alert.ts';
import { detectionParts, objectOfRecord, type StoredRecord } from '../evidence/stored-record.ts';
import { type Detection, severities } from '../finding.ts';
import type { Decision } from '../policy/policy.ts';
import type { AlertInput } from './alert-input.ts';
import { alertFor } from './alert-text.ts';
import { isolationOfRecord, outcomeOf } from './isolation-of-record.ts';

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
  const isolation = isolationOfRecord(record, outcome);
  const { isolation_key: intended } = record;
  const input: AlertInput = {
    finding: findingOf(record),
    outcome,
    isolation,
    isolationBucket,
    recordKey,
    messageId: record.message_id ?? 'unknown',
    ...(decision && { decision }),
    ...(intended !== null && { intendedIsolationKey: intended }),
  };
  return alertFor(input);
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
