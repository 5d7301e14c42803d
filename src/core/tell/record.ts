import type { Detection, Finding, RecordedFinding } from '../finding.ts';
import { type IsolationResult, removedBy, uncomparedVersions } from '../isolation.ts';
import type { AlertResult } from '../observer.ts';
import { type Outcome, reasonText } from '../outcome.ts';
import type { Decision } from '../policy/policy.ts';

export interface RecordInput {
  readonly finding: RecordedFinding & Partial<Finding>;
  readonly outcome: Outcome;
  readonly decision?: Decision;
  readonly isolation?: IsolationResult;
  readonly isolationBucket: string;
  /** For `dry_run`: the isolation key that the copy would have. */
  readonly intendedIsolationKey?: string;
  readonly alert: AlertResult;
  readonly message: {
    readonly id: string;
    readonly receiveCount: number;
    readonly sentAt: Date;
    readonly origin?: string;
  };
  readonly receivedAt: Date;
  readonly recordedAt: Date;
  readonly serviceVersion: string;
}

/**
 * The evidence record: flat JSON with snake_case names, for Athena. Every column is always present, and null
 * if it does not apply. Times are ISO 8601 in UTC, durations in seconds, sizes in bytes.
 */
export type EvidenceRecord = ReturnType<typeof evidenceRecord>;

export function evidenceRecord(input: RecordInput) {
  const { finding, outcome, decision, isolation, message } = input;
  const { copy, removal, source } = isolation ?? {};
  const removed = isolation && removedBy(isolation);
  return {
    record_version: 2,
    finding_id: finding.id,
    outcome: outcome.name,
    reason: reasonText(outcome) ?? null,
    finding_type: finding.type ?? null,
    severity: finding.severity ?? null,
    finding_created_at: finding.createdAt.toISOString(),
    detections: (finding.detections ?? []).map(detectionText),
    detections_omitted: finding.detectionsOmitted ?? 0,
    account_id: finding.object?.accountId ?? null,
    region: finding.object?.region ?? null,
    bucket: finding.object?.bucket ?? null,
    key: finding.object?.key ?? null,
    version_id: finding.object?.versionId ?? null,
    etag: finding.object?.eTag ?? null,
    size_bytes: source?.sizeBytes ?? finding.object?.sizeBytes ?? null,
    source_version_id: source?.versionId ?? copy?.provenance.sourceVersionId ?? null,
    source_last_modified: source?.lastModified?.toISOString() ?? null,
    source_storage_class: source?.storageClass ?? null,
    source_replication_status: source?.replicationStatus ?? null,
    isolation_bucket: copy || input.intendedIsolationKey !== undefined ? input.isolationBucket : null,
    isolation_key: copy?.key ?? input.intendedIsolationKey ?? null,
    copy_made_now: copy?.madeNow ?? null,
    tags_copied: copy?.tagsCopied ?? null,
    tags_added: copy?.provenance.addedTags ?? [],
    properties_left_behind: copy?.provenance.leftBehind ?? [],
    checksum_algorithm: copy?.provenance.checksum.algorithm ?? null,
    checksum: copy?.provenance.checksum.value ?? null,
    checksum_type: copy?.provenance.checksum.type ?? null,
    copied_for_finding_id: copy?.provenance.findingId ?? null,
    removed_versions: removal?.removedVersions ?? [],
    remaining_versions: removal?.remainingVersions ?? [],
    uncompared_versions: isolation ? uncomparedVersions(isolation) : [],
    fence: isolation?.fence?.fence ?? null,
    delete_marker_version_id: removal?.markerVersionId ?? null,
    policy_action: decision?.action ?? null,
    policy_rule: decision?.rule ?? null,
    policy_hash: decision?.policy ?? null,
    policy_version: decision?.policyVersion ?? null,
    policy_exception: decision?.exception?.name ?? null,
    policy_reason: decision?.exception?.reason ?? null,
    policy_missing: decision?.missing ?? null,
    origin: finding.request ? 'manual' : (message.origin ?? 'eventbridge'),
    ...rehearsed(isolation),
    alert_result: input.alert,
    message_id: message.id,
    receive_count: message.receiveCount,
    sent_at: message.sentAt.toISOString(),
    received_at: input.receivedAt.toISOString(),
    removed_at: isolation?.removedAt?.toISOString() ?? null,
    removed_not_before: isolation?.removedBetween?.notBefore.toISOString() ?? null,
    removed_not_after: isolation?.removedBetween?.notAfter.toISOString() ?? null,
    recorded_at: input.recordedAt.toISOString(),
    finding_to_removal_seconds: removed ? (removed.getTime() - finding.createdAt.getTime()) / 1000 : null,
    service_version: input.serviceVersion,
  };
}

/**
 * The facts of a dry run. These fields are null or empty in the records of other outcomes, but for `could_read_object`: it
 * is false where nobody could look at the source.
 */
function rehearsed({ rehearsal, unseen }: Partial<IsolationResult> = {}) {
  const { expected, read, wouldRemove } = rehearsal ?? {};
  return {
    expected_outcome: expected?.name ?? null,
    expected_reason: (expected && reasonText(expected)) ?? null,
    would_remove_versions: wouldRemove ?? [],
    could_read_object: unseen ? false : (read?.object ?? null),
    could_read_versions: read?.versions ?? null,
    could_read_tags: read?.tags ?? null,
    not_tried: rehearsal ? ['copy', 'delete'] : [],
  };
}

/** Joins kind, name and count in one text, so that Athena can read an array of strings. The count may be `unknown`. */
export function detectionText(detection: Detection): string {
  return `${detection.kind}:${detection.name}:${detection.count ?? 'unknown'}`;
}
