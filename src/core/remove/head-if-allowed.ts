import { RefusedError } from '../errors.ts';
import type { ObjectAddress } from '../finding.ts';
import type { SourceBuckets, StoredObject } from '../ports.ts';

/**
 * Reads a version besides the flagged bytes. If that version may not be read, the flagged bytes must not stay
 * exposed because of it.
 */
export async function headIfAllowed(
  object: ObjectAddress,
  versionId: string | undefined,
  sourceBuckets: SourceBuckets,
): Promise<StoredObject | 'denied' | undefined> {
  try {
    return await sourceBuckets.head(object, versionId);
  } catch (error) {
    if (error instanceof RefusedError) return 'denied';
    throw error;
  }
}
