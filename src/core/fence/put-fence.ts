import { RefusedError } from '../errors.ts';
import { fenceTag, hasFenceTag, type SourceTags, withoutFenceTag } from '../fences.ts';
import type { Finding } from '../finding.ts';
import type { Ports } from '../ports.ts';
import { maximumTags, type Tag } from '../properties.ts';
import type { ListedVersion } from '../source-buckets.ts';
import { isNullVersion } from '../version-id.ts';
import { type FlaggedVersion, type Tagged, tagAndLook } from './tag-and-look.ts';

export type Put =
  | {
      readonly kind: 'tagged';
      /** Whether this call put the tag. */
      readonly isNew: boolean;
      /** The other tags of the version. */
      readonly ownTags: readonly Tag[];
      /** The versions of the key, if they were listed after the tag was put. */
      readonly listed?: readonly ListedVersion[];
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
    const isFixed = versionId !== undefined && !isNullVersion(versionId);
    const put: Tagged = isFixed
      ? await ports.tags.replace(object, versionId, [...there, [fenceTag, finding.id]])
      : await tagAndLook(finding, version, there, ports);
    switch (put.kind) {
      case 'replaced':
        return { kind: 'tagged', isNew: true, ownTags, ...(put.listed && { listed: put.listed }) };
      case 'absent':
        return { kind: 'gone' };
      case 'unknown':
        return { kind: 'open' };
    }
  } catch (error) {
    // Whatever kept S3 from taking the tag, nobody may assume that it is there.
    if (error instanceof RefusedError) return { kind: 'open' };
    throw error;
  }
}
