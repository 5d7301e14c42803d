import type { StoredRecord } from '../../core/evidence/stored-record.ts';
import type { Story } from '../../core/operate/story/story.ts';

/** A story as JSON shows it, and as text: the sections in the order in which things happened. */
export const sectionNames = [
  'finding',
  'decision',
  'records',
  'copy',
  'source',
  'releases',
  'alerts',
  'differences',
] as const;

export type Section = (typeof sectionNames)[number];
export type Sections = Readonly<Record<Section, unknown>>;

export function sectionsOf(story: Story): Sections {
  const records = story.records.map(({ record }) => record);
  const last = records.at(-1);
  // A later record may be of a message that says less.
  const decided = records.findLast(({ policy_rule }) => policy_rule !== null) ?? last;
  return {
    finding: last ? findingOf(last) : { finding_id: story.findingId },
    decision: decided ? decisionOf(decided) : null,
    records: story.records.map(({ record, recordKey }) => ({ record_key: recordKey, ...handlingOf(record) })),
    copy: copyOf(story),
    source: sourceOf(story),
    releases: story.releases,
    alerts: story.records.map(({ record, recordKey }) => ({
      at: record.recorded_at,
      about: record.outcome,
      result: record.alert_result,
      told_later: story.toldLater.has(recordKey),
    })),
    differences: story.differences,
  };
}

function findingOf(record: StoredRecord) {
  return {
    finding_id: record.finding_id,
    type: record.finding_type,
    severity: record.severity,
    created_at: record.finding_created_at,
    detections: record.detections,
    detections_omitted: record.detections_omitted || null,
    account_id: record.account_id,
    region: record.region,
    bucket: record.bucket,
    key: record.key,
    version_id: record.version_id,
    etag: record.etag,
    size_bytes: record.size_bytes,
  };
}

function decisionOf(record: StoredRecord) {
  return {
    action: record.policy_action,
    rule: record.policy_rule,
    policy_hash: record.policy_hash,
    exception: record.policy_exception,
    reason: record.policy_reason,
    missing: record.policy_missing,
    origin: record.origin,
  };
}

function handlingOf(record: StoredRecord) {
  return {
    outcome: record.outcome,
    reason: record.reason,
    expected_outcome: record.expected_outcome,
    expected_reason: record.expected_reason,
    recorded_at: record.recorded_at,
    removed_at: record.removed_at,
    removed_not_before: record.removed_not_before,
    removed_not_after: record.removed_not_after,
    removed_versions: record.removed_versions,
    remaining_versions: record.remaining_versions,
    uncompared_versions: record.uncompared_versions,
    delete_marker_version_id: record.delete_marker_version_id,
    fence: record.fence,
    replication_status: record.source_replication_status,
    message_id: record.message_id,
    receive_count: record.receive_count,
    service_version: record.service_version,
  };
}

function copyOf({ copy }: Story) {
  if (copy === undefined) return null;
  if (copy.state === 'absent' || copy.state === 'unknown') return copy;
  const { key, provenance, state, stored } = copy;
  return {
    state,
    isolation_key: key,
    size_bytes: stored.sizeBytes,
    storage_class: stored.storageClass,
    lock: stored.lock ?? null,
    isolated_at: provenance?.isolatedAt ?? null,
    copied_for_finding_id: provenance?.findingId ?? null,
    source_etag: provenance?.sourceETag ?? null,
    source_version_id: provenance?.sourceVersionId ?? null,
    source_last_modified: provenance?.lastModified ?? null,
    checksum: provenance ? `${provenance.checksum.algorithm} ${provenance.checksum.value}` : null,
    properties_left_behind: provenance?.leftBehind ?? [],
    service_version: provenance?.serviceVersion ?? null,
  };
}

function sourceOf({ source }: Story) {
  if (source === undefined || source.state === 'unknown') return source ?? null;
  const current = source.versions.find(({ isLatest }) => isLatest);
  const state = current === undefined ? 'absent' : current.isMarker ? 'hidden by a delete marker' : 'present';
  return {
    state,
    versions: source.versions.map((version) => ({
      version_id: version.versionId,
      is_latest: version.isLatest,
      is_marker: version.isMarker,
      is_flagged: version.isFlagged,
      etag: version.isMarker ? null : version.eTag,
      size_bytes: version.isMarker ? null : version.sizeBytes,
    })),
  };
}
