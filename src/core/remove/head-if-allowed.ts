import type { ObjectAddress } from '../finding.ts';
import type { SourceBuckets, StoredObject } from '../source-buckets.ts';
import { unlessRefused } from '../unless-refused.ts';

/**
 * Reads a version besides the flagged bytes. If that version may not be read, the flagged bytes must not stay
 * exposed because of it.
 */
export function headIfAllowed(
  object: ObjectAddress,
  versionId: string | undefined,
  sourceBuckets: SourceBuckets,
): Promise<StoredObject | 'denied' | undefined> {
  return unlessRefused(sourceBuckets.head(object, versionId), 'denied');
}
