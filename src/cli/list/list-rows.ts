import type { StoredRecord } from '../../core/evidence/stored-record.ts';
import type { ListedRecord } from '../../core/operate/records/list-records.ts';
import type { Column } from '../frame/output.ts';

/** The fields that the name of a record tells. If only these are asked for, no record is read. */
const namedFields: ReadonlySet<string> = new Set(['day', 'finding_id', 'outcome', 'record_key']);

export function needsContent(columns: readonly Column<ListedRecord>[]): boolean {
  return columns.some(({ name }) => !namedFields.has(name));
}

const of =
  (field: keyof StoredRecord) =>
  ({ record }: ListedRecord) =>
    (record?.[field] ?? null) as string | number | null;

export const listColumns: readonly Column<ListedRecord>[] = [
  { name: 'day', title: 'DAY', value: ({ day }) => day, isWhole: true },
  { name: 'finding_id', title: 'FINDING', value: ({ findingId }) => findingId, isWhole: true },
  { name: 'outcome', title: 'OUTCOME', value: ({ outcome }) => outcome },
  { name: 'reason', title: 'REASON', value: of('reason') },
  { name: 'severity', title: 'SEVERITY', value: of('severity') },
  { name: 'bucket', title: 'BUCKET', value: of('bucket') },
  { name: 'key', title: 'KEY', value: of('key') },
  { name: 'finding_created_at', title: 'CREATED', value: of('finding_created_at'), isDetail: true },
  { name: 'recorded_at', title: 'RECORDED', value: of('recorded_at'), isDetail: true },
  { name: 'account_id', title: 'ACCOUNT', value: of('account_id'), isDetail: true },
  { name: 'region', title: 'REGION', value: of('region'), isDetail: true },
  { name: 'size_bytes', title: 'BYTES', value: of('size_bytes'), isDetail: true },
  {
    name: 'detections',
    title: 'DETECTIONS',
    value: ({ record }) => record?.detections.join(', ') ?? null,
    isDetail: true,
  },
  { name: 'policy_rule', title: 'RULE', value: of('policy_rule'), isDetail: true },
  { name: 'policy_hash', title: 'POLICY', value: of('policy_hash'), isDetail: true },
  { name: 'origin', title: 'ORIGIN', value: of('origin'), isDetail: true },
  { name: 'alert_result', title: 'ALERT', value: of('alert_result'), isDetail: true },
  { name: 'isolation_key', title: 'COPY', value: of('isolation_key'), isDetail: true },
  { name: 'record_key', title: 'RECORD', value: ({ recordKey }) => recordKey, isDetail: true },
];
