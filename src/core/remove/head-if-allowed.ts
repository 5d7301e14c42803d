import { RefusedError } from '../errors.ts';
import type { ObjectAddress } from '../finding.ts';
import type { SourceBuckets, StoredObject } from '../ports.ts';

/** For a version beside the flagged bytes: one that may not be looked at must not keep those exposed. */
export async function headIfAllowed(
  object: ObjectAddress,
  versionId: string | undefined,
  source: SourceBuckets,
): Promise<StoredObject | 'denied' | undefined> {
  try {
    return await source.head(object, versionId);
  } catch (error) {
    if (error instanceof RefusedError) return 'denied';
    throw error;
  }
}
