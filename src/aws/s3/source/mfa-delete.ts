import type { GetBucketVersioningCommandOutput } from '@aws-sdk/client-s3';
import type { ObjectAddress } from '../../../core/finding.ts';

/** An unknown value counts as enabled: then no marker is put. */
export function needsMfa({
  MFADelete: mfaDelete,
}: Pick<GetBucketVersioningCommandOutput, 'MFADelete'>): boolean {
  return mfaDelete !== undefined && mfaDelete !== 'Disabled';
}

const rememberedMs = 600_000;
const maximumRemembered = 1_000;

/** The buckets whose state was read in the last ten minutes. */
export interface RememberedBuckets {
  remember(bucket: ObjectAddress): void;
  isKnown(bucket: ObjectAddress): boolean;
}

/**
 * Only the root user can enable MFA delete, so the answer that a bucket has none is valid for a while. That
 * saves a call for each object. At worst a marker is put that cannot be removed, and the alert names that
 * marker.
 */
export function rememberBuckets(now: () => number = Date.now): RememberedBuckets {
  const seen = new Map<string, number>();
  const nameOf = ({ accountId, bucket }: ObjectAddress) => `${accountId}/${bucket}`;
  return {
    remember(bucket) {
      if (seen.size >= maximumRemembered) seen.clear();
      seen.set(nameOf(bucket), now());
    },
    isKnown(bucket) {
      const at = seen.get(nameOf(bucket));
      return at !== undefined && now() - at < rememberedMs;
    },
  };
}
