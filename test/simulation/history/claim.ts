import type { Alert } from '../../../src/core/alert.ts';
import type { OutcomeName } from '../../../src/core/outcome.ts';

/** What a record or an alert says. */
export interface Claim {
  readonly in: 'record' | 'alert';
  readonly findingId: string;
  readonly outcome: OutcomeName;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly versionId: string | undefined;
  readonly eTag: string | undefined;
  /** The words that people read; empty for a record. */
  readonly text: string;
  /** Only records name what was removed. */
  readonly removed: readonly string[];
  readonly remaining: readonly string[];
  readonly uncompared: readonly string[];
  readonly markerVersionId: string | undefined;
  readonly isolationKey: string | undefined;
  /** The key of the record; an alert names it. */
  readonly recordKey: string | undefined;
  /** All of it, and as it was written. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly json: string;
}

export function claimOfRecord(recordKey: string, json: string): Claim {
  const fields = JSON.parse(json) as Record<string, unknown>;
  return {
    in: 'record',
    ...commonTo(fields),
    text: '',
    removed: list(fields['removed_versions']),
    markerVersionId: text(fields['delete_marker_version_id']),
    recordKey,
    fields,
    json,
  };
}

export function claimOfAlert({ subject, email, json }: Pick<Alert, 'subject' | 'email' | 'json'>): Claim {
  const fields = JSON.parse(json) as Record<string, unknown>;
  return {
    in: 'alert',
    ...commonTo(fields),
    text: `${subject}\n${email}`,
    removed: [],
    markerVersionId: text(fields['hidden_by_delete_marker']),
    recordKey: text(fields['record']),
    fields,
    json,
  };
}

function commonTo(fields: Readonly<Record<string, unknown>>) {
  return {
    findingId: String(fields['finding_id']),
    outcome: String(fields['outcome']) as OutcomeName,
    bucket: text(fields['bucket']),
    key: text(fields['key']),
    versionId: text(fields['version_id']),
    eTag: text(fields['etag']),
    remaining: list(fields['remaining_versions']),
    uncompared: list(fields['uncompared_versions']),
    isolationKey: text(fields['isolation_key']),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function list(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
