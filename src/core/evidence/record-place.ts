import * as z from 'zod';
import type { Finding, FlaggedObject } from '../finding.ts';
import { jsonOf } from '../json.ts';
import type { OutcomeName } from '../outcome.ts';
import type { IsolationBucket } from '../ports.ts';
import { isolationKey, sha256Hex } from './isolation-key.ts';

/** Enough of a finding to name its record: of an ignored or rejected message there may be little more. */
export interface RecordedFinding extends Pick<Partial<Finding>, 'object'> {
  readonly id: string;
  readonly createdAt: Date;
}

type Named = { readonly name: OutcomeName };

/**
 * One record for each finding and outcome, dated by the finding so that a redelivery finds the same
 * key. `id` and date were checked by the parser and hold nothing that could lead elsewhere.
 */
export function recordKey(finding: RecordedFinding, outcome: Named): string {
  return `${recordStem(finding)}.${outcome.name}.json`;
}

/** For an object whose finding id has its record about another object. */
export function sharedRecordKey(finding: RecordedFinding, outcome: Named): string {
  return `${recordStem(finding)}~${sha256Hex(identityOf(finding.object)).slice(0, 16)}.${outcome.name}.json`;
}

/** Where this object's record of this outcome lies, or belongs. */
export interface RecordPlace {
  readonly key: string;
  readonly exists: boolean;
}

/** Looks at what the record says: two objects may come under one finding id, and each has a record of its own. */
export async function placeOfRecord(
  isolation: IsolationBucket,
  finding: RecordedFinding,
  outcome: Named,
): Promise<RecordPlace> {
  const key = recordKey(finding, outcome);
  const json = await isolation.get(key);
  if (json === undefined) return { key, exists: false };
  if (recordedIdentity(json) === identityOf(finding.object)) return { key, exists: true };
  const shared = sharedRecordKey(finding, outcome);
  return { key: shared, exists: (await isolation.head(shared)) !== undefined };
}

/** Whether this outcome of this very object is on record. */
export async function recordExists(
  isolation: IsolationBucket,
  finding: RecordedFinding,
  outcome: Named,
): Promise<boolean> {
  return (await placeOfRecord(isolation, finding, outcome)).exists;
}

function recordStem({ id, createdAt }: RecordedFinding): string {
  return `records/dt=${createdAt.toISOString().slice(0, 10)}/${id}`;
}

/** The isolation key, which tells account, bucket, key and version or ETag. A message may name no object. */
function identityOf(object: FlaggedObject | undefined): string {
  return object === undefined ? '' : isolationKey(object, 0);
}

/** A record that cannot be read is about no object that we know. */
function recordedIdentity(json: string): string | undefined {
  const record = recordSchema.safeParse(jsonOf(json)).data;
  if (record === undefined) return undefined;
  const { account_id: accountId, bucket, key, version_id: versionId, etag: eTag } = record;
  if (accountId === null || bucket === null || key === null) return identityOf(undefined);
  return identityOf({
    accountId,
    bucket,
    key,
    ...(versionId !== null && { versionId }),
    ...(eTag !== null && { eTag }),
  });
}

const textOrNull = z.string().nullable();
const recordSchema = z.object({
  finding_id: z.string(),
  account_id: textOrNull,
  bucket: textOrNull,
  key: textOrNull,
  version_id: textOrNull,
  etag: textOrNull,
});
