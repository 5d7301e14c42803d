import * as z from 'zod';
import type { RecordedFinding } from '../finding.ts';
import type { IsolationBucket } from '../isolation-bucket.ts';
import { jsonOf } from '../json.ts';
import { identityOf, type Named, recordKey, sharedRecordKey } from './keys.ts';

/** The key of the record of this object and outcome, and whether the record exists. */
export interface RecordPlace {
  readonly key: string;
  readonly exists: boolean;
}

/**
 * Reads the record to compare its object: two objects may come under one finding id, and each object has a
 * record of its own.
 */
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

/** Whether this outcome of exactly this object is on record. */
export async function recordExists(
  isolation: IsolationBucket,
  finding: RecordedFinding,
  outcome: Named,
): Promise<boolean> {
  return (await placeOfRecord(isolation, finding, outcome)).exists;
}

/** A record that cannot be read is about no known object. */
function recordedIdentity(json: string): string | undefined {
  const record = recordSchema.safeParse(jsonOf(json)).data;
  if (record === undefined) return undefined;
  const { account_id: accountId, bucket, key, version_id: versionId, etag: eTag } = record;
  if (accountId === undefined || bucket === undefined || key === undefined) return identityOf(undefined);
  return identityOf({
    accountId,
    bucket,
    key,
    ...(versionId !== undefined && { versionId }),
    ...(eTag !== undefined && { eTag }),
  });
}

/** A field that a record does not know is null, or absent in a record of an earlier version. */
const known = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined);
const recordSchema = z.object({
  finding_id: z.string(),
  account_id: known,
  bucket: known,
  key: known,
  version_id: known,
  etag: known,
});
