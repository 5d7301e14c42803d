import { RefusedError } from '../errors.ts';
import { fenceTag, hasFenceTag, type SourceTags, withoutFenceTag } from '../fences.ts';
import type { Finding, ObjectAddress } from '../finding.ts';
import type { Ports } from '../ports.ts';
import { maximumTags, type Tag } from '../properties.ts';
import { unlessRefused } from '../unless-refused.ts';
import { isNullVersion, nullVersion } from '../version-id.ts';
import { takeFenceFrom } from './take-fence.ts';

/** The version that is to be fenced, as a HEAD or a listing just showed it. */
export interface FlaggedVersion {
  /** As the calls name it. Absent where the bucket was never versioned. */
  readonly versionId?: string;
  readonly eTag?: string;
}

export type Put =
  | {
      readonly kind: 'tagged';
      /** Whether this call put the tag. */
      readonly isNew: boolean;
      /** The other tags of the version. */
      readonly ownTags: readonly Tag[];
    }
  | { readonly kind: 'open' }
  | { readonly kind: 'no-room'; readonly ownTags: readonly Tag[] }
  | { readonly kind: 'released' }
  /** The version is gone, or holds other bytes. Nothing is fenced. */
  | { readonly kind: 'gone' };

export interface Tagging extends Pick<Ports, 'sourceBuckets' | 'observer'> {
  readonly tags: SourceTags;
  /** Whether a person released these bytes. They are never fenced, and lose the fence of an earlier handling. */
  readonly isReleased: (tags: readonly Tag[]) => Promise<boolean>;
}

/**
 * Puts the tag of the fence on one version, and keeps the other tags. It can be repeated. A version with an id of
 * its own holds the same bytes for ever. A version without such an id can be overwritten at any time, and S3 has no condition for
 * tags: it is looked at again afterwards, and a tag that hit other bytes is taken away.
 */
export async function putFence(finding: Finding, version: FlaggedVersion, ports: Tagging): Promise<Put> {
  const { object } = finding;
  const { versionId } = version;
  try {
    const there = await ports.tags.read(object, versionId);
    if (there === undefined) return { kind: 'gone' };
    const ownTags = withoutFenceTag(there);
    if (await ports.isReleased(there)) {
      if (hasFenceTag(there)) await ports.tags.replace(object, versionId, ownTags);
      return { kind: 'released' };
    }
    if (hasFenceTag(there)) return { kind: 'tagged', isNew: false, ownTags };
    if (there.length >= maximumTags) return { kind: 'no-room', ownTags };
    const answer = await ports.tags.replace(object, versionId, [...there, [fenceTag, finding.id]]);
    if (answer.kind === 'absent') return { kind: 'gone' };
    const isFixed = versionId !== undefined && !isNullVersion(versionId);
    const hit = isFixed ? 'flagged' : await lookAtHit(object, version, answer.versionId, ports);
    if (hit === 'flagged') return { kind: 'tagged', isNew: true, ownTags };
    await takeFromHit(finding, hit, versionId, there, ports);
    return { kind: hit === 'unknown' ? 'open' : 'gone' };
  } catch (error) {
    // Whatever kept S3 from taking the tag, nobody may assume that it is there.
    if (error instanceof RefusedError) return { kind: 'open' };
    throw error;
  }
}

/** What the tag hit: the flagged bytes, other bytes under this version id, or what nobody may look at. */
type Hit = 'flagged' | 'unknown' | { readonly versionId: string };

async function lookAtHit(
  object: ObjectAddress,
  { eTag, versionId }: FlaggedVersion,
  tagged: string | undefined,
  { sourceBuckets }: Tagging,
): Promise<Hit> {
  const hitId = tagged ?? nullVersion;
  const listed = await unlessRefused(sourceBuckets.listVersions(object), undefined);
  const seen = listed
    ? listed.find((each) => !each.isMarker && each.versionId === hitId)
    : await unlessRefused(sourceBuckets.head(object, versionId), undefined);
  // What may not be looked at may be other bytes.
  if (seen === undefined) return listed ? { versionId: hitId } : 'unknown';
  return isNullVersion(hitId) && seen.eTag === eTag ? 'flagged' : { versionId: hitId };
}

/**
 * Takes the tag from bytes that were put between the look before the call and the call. Their own tags are lost, because
 * S3 replaces all tags: those of the flagged object are left to them.
 */
async function takeFromHit(
  finding: Finding,
  hit: Exclude<Hit, 'flagged'>,
  versionId: string | undefined,
  tagsBefore: readonly Tag[],
  { observer, tags }: Tagging,
): Promise<void> {
  const at = hit === 'unknown' || isNullVersion(hit.versionId) ? versionId : hit.versionId;
  const taken = await takeFenceFrom(finding.object, at, finding.id, tags);
  if (taken && hit !== 'unknown') observer.fenceHitOther(finding, { versionId: hit.versionId, tagsBefore });
}
