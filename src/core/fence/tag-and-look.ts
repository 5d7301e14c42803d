import { FenceInDoubtError, RefusedError, RetryableError } from '../errors.ts';
import { fenceTag, hasFenceTag, type SourceTags } from '../fences.ts';
import type { Finding } from '../finding.ts';
import type { Ports } from '../ports.ts';
import type { Tag } from '../properties.ts';
import type { ListedVersion } from '../source-buckets.ts';
import { unlessRefused } from '../unless-refused.ts';
import { isNullVersion, nullVersion } from '../version-id.ts';
import { takeFenceFrom } from './take-fence.ts';

/** The version that is to be fenced, as a HEAD or a listing just showed it. */
export interface FlaggedVersion {
  /** As the calls name it. Absent where the bucket was never versioned. */
  readonly versionId?: string;
  readonly eTag?: string;
}

export interface Looking extends Pick<Ports, 'sourceBuckets' | 'observer'> {
  readonly tags: SourceTags;
}

/** What the tag hit: the flagged bytes, other bytes under this version id, or what nobody may look at. */
type Hit =
  | { readonly kind: 'flagged'; readonly listed?: readonly ListedVersion[] }
  | { readonly kind: 'other'; readonly versionId: string; readonly at: string | undefined }
  | { readonly kind: 'unknown' };

export interface Tagged {
  readonly kind: 'replaced' | 'absent' | 'unknown';
  /** The versions of the key as they were listed after the tag was put. */
  readonly listed?: readonly ListedVersion[];
}

/**
 * Puts the tag of the fence on a version without an id of its own, looks at what it hit, and takes it away from other
 * bytes. `unknown`: nobody may look, and the tag is taken away. Throws `FenceInDoubtError` if the tag may be left on
 * other bytes: then the message has to come again.
 */
export async function tagAndLook(
  finding: Finding,
  version: FlaggedVersion,
  tagsBefore: readonly Tag[],
  ports: Looking,
): Promise<Tagged> {
  const { object } = finding;
  const { versionId } = version;
  let isTagged = false;
  try {
    const answer = await ports.tags.replace(object, versionId, [...tagsBefore, [fenceTag, finding.id]]);
    if (answer.kind === 'absent') return { kind: 'absent' };
    isTagged = true;
    const hit = await lookAtHit(finding, version, answer.versionId, ports);
    if (hit.kind === 'flagged') return { ...hit, kind: 'replaced' };
    await takeFromHit(finding, hit, versionId, tagsBefore, ports);
    return { kind: hit.kind === 'unknown' ? 'unknown' : 'absent' };
  } catch (error) {
    if (error instanceof PutAgainError) throw error;
    if (!(error instanceof RefusedError)) throw new FenceInDoubtError(error);
    if (isTagged) ports.observer.fenceMayBeLeft(finding);
    throw error;
  }
}

/** The flagged bytes were put again after the tag, and lie there without it. */
class PutAgainError extends RetryableError {
  constructor() {
    super('SourceInFlux', 'the object was put again while it was fenced');
  }
}

async function lookAtHit(
  { object }: Finding,
  { eTag, versionId }: FlaggedVersion,
  tagged: string | undefined,
  { sourceBuckets, tags }: Looking,
): Promise<Hit> {
  const hitId = tagged ?? nullVersion;
  const listed = await unlessRefused(sourceBuckets.listVersions(object), undefined);
  const seen = listed
    ? listed.find((each) => !each.isMarker && each.versionId === hitId)
    : await unlessRefused(sourceBuckets.head(object, versionId), undefined);
  // Versioning may have been switched on since. Then the call has to name the version that was hit.
  const at = listed && listed.length > 1 ? hitId : (tagged ?? versionId);
  const other = { kind: 'other', versionId: hitId, at } as const;
  // What may not be looked at may be other bytes.
  if (seen === undefined) return listed ? other : { kind: 'unknown' };
  if (!isNullVersion(hitId) || seen.eTag !== eTag) return other;
  // Who may not read tags any more goes by the listing alone.
  const there = await unlessRefused(tags.read(object, at), 'refused');
  if (there === undefined) return other;
  if (there !== 'refused' && !hasFenceTag(there)) throw new PutAgainError();
  return { kind: 'flagged', ...(listed && { listed }) };
}

/**
 * Takes the tag from bytes that were put between the look before the call and the call. Their own tags are lost, because
 * S3 replaces all tags: those of the flagged object are left to them.
 */
async function takeFromHit(
  finding: Finding,
  hit: Exclude<Hit, { kind: 'flagged' }>,
  versionId: string | undefined,
  tagsBefore: readonly Tag[],
  { observer, tags }: Looking,
): Promise<void> {
  const at = hit.kind === 'unknown' ? versionId : hit.at;
  const taken = await takeFenceFrom(finding.object, at, finding.id, tags);
  if (taken && hit.kind === 'other')
    observer.fenceHitOther(finding, { versionId: hit.versionId, tagsBefore });
}
