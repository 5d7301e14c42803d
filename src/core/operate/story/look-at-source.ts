import { errorCode, RefusedError } from '../../errors.ts';
import type { FlaggedObject } from '../../finding.ts';
import type { ListedVersion, SourceBuckets } from '../../source-buckets.ts';
import type { CopySeen } from './look-at-copy.ts';

/** The key at the source, as it is now. */
export type SourceSeen =
  | {
      readonly state: 'seen';
      /** Newest first. */
      readonly versions: readonly (ListedVersion & {
        /** The version has the identity that Macie flagged, or the ETag of the copied bytes. */
        readonly isFlagged: boolean;
      })[];
    }
  | { readonly state: 'unknown'; readonly why: string };

export async function lookAtSource(
  object: FlaggedObject,
  copy: CopySeen,
  sourceBuckets: SourceBuckets,
): Promise<SourceSeen> {
  const copied = 'provenance' in copy ? copy.provenance?.sourceETag : undefined;
  const isFlagged = ({ eTag, isMarker, versionId }: ListedVersion) =>
    !isMarker && (versionId === object.versionId || eTag === object.eTag || eTag === copied);
  try {
    const versions = await sourceBuckets.listVersions(object);
    return { state: 'seen', versions: versions.map((one) => ({ ...one, isFlagged: isFlagged(one) })) };
  } catch (error) {
    if (!(error instanceof RefusedError)) return { state: 'unknown', why: errorCode(error) };
    return error.reason === 'no-such-bucket'
      ? { state: 'seen', versions: [] }
      : { state: 'unknown', why: error.reason };
  }
}
