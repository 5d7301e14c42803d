import * as z from 'zod';
import type { FlaggedObject } from '../finding.ts';
import { jsonOf } from '../json.ts';
import { objectOf } from './object-columns.ts';

/** A field that a record of an earlier version lacks, or that cannot be understood, is null. */
const text = z.string().nullable().catch(null).default(null);
const number = z.number().nullable().catch(null).default(null);
const truth = z.boolean().nullable().catch(null).default(null);
const texts = z.array(z.string()).catch([]).default([]);

/** The fields of a record that commands show. Others of a later version are kept as they are. */
const schema = z.looseObject({
  record_version: number,
  finding_id: z.string(),
  outcome: z.string(),
  reason: text,
  finding_type: text,
  severity: text,
  finding_created_at: text,
  detections: texts,
  detections_omitted: number,
  account_id: text,
  region: text,
  bucket: text,
  key: text,
  version_id: text,
  etag: text,
  size_bytes: number,
  source_replication_status: text,
  isolation_bucket: text,
  isolation_key: text,
  copy_made_now: truth,
  properties_left_behind: texts,
  checksum_algorithm: text,
  checksum: text,
  removed_versions: texts,
  remaining_versions: texts,
  uncompared_versions: texts,
  delete_marker_version_id: text,
  fence: text,
  policy_action: text,
  policy_rule: text,
  policy_hash: text,
  policy_exception: text,
  policy_reason: text,
  policy_missing: text,
  /** Records of version 1 have no origin: all their findings came from EventBridge. */
  origin: z.string().catch('eventbridge').default('eventbridge'),
  expected_outcome: text,
  expected_reason: text,
  would_remove_versions: texts,
  could_read_object: truth,
  could_read_versions: truth,
  could_read_tags: truth,
  alert_result: text,
  message_id: text,
  receive_count: number,
  removed_at: text,
  removed_not_before: text,
  removed_not_after: text,
  recorded_at: text,
  service_version: text,
});

/** A record as it is stored, of this version or an earlier one, with the names of its fields. */
export type StoredRecord = z.infer<typeof schema>;

/** Returns `undefined` if the text is no record. A record may be about no object: then `bucket` is null. */
export function readStoredRecord(json: string | undefined): StoredRecord | undefined {
  return schema.safeParse(jsonOf(json)).data;
}

/** The object that a record is about, without its size; `undefined` if the record is about none. */
export function objectOfRecord(record: StoredRecord): FlaggedObject | undefined {
  const { account_id, bucket, key } = record;
  if (account_id === null || bucket === null || key === null) return undefined;
  return objectOf({ ...record, account_id, bucket, key, size_bytes: null });
}

/** The parts of a detection, which a record keeps as `kind:name:count`. A name may hold colons. */
export function detectionParts(detection: string): {
  readonly kind: string;
  readonly name: string;
  readonly count: string;
} {
  const first = detection.indexOf(':');
  const last = detection.lastIndexOf(':');
  return {
    kind: detection.slice(0, Math.max(first, 0)),
    name: detection.slice(first + 1, last > first ? last : undefined),
    count: last > first ? detection.slice(last + 1) : '',
  };
}
