import type { ObjectAddress } from './finding.ts';
import type { Tag } from './properties.ts';

/**
 * The tag of a fenced version: a policy denies reading what has it. Its value is the id of the finding that put
 * it first. A finding id holds only letters, digits, `-` and `_`, and fits into the value of a tag.
 */
export const fenceTag = 'isolator-fenced';

export const fences = ['fenced', 'tagged', 'open', 'no-room'] as const;

/**
 * The state of the fence of a flagged version. `fenced`: the version has the tag, and a canary proved that what
 * has the tag cannot be read in this bucket. `tagged`: the version has the tag, and nobody proved what the tag
 * denies. `open`: the tag was refused, or the last try ended before anybody knew whether the tag is there. `no-room`: the
 * version has ten other tags.
 */
export type Fence = (typeof fences)[number];

/** When the worker fences. `kept`: what stays although it can be read. `first`: also before each copy. */
export const fenceModes = ['off', 'kept', 'first'] as const;

export type FenceMode = (typeof fenceModes)[number];

/** The fence of a version that stays at the source. */
export interface Fenced {
  readonly fence: Fence;
  /** When the fence was looked at. The tag may have been there before. */
  readonly at: Date;
  /** Other versions of the key that may hold the same bytes. Nothing fences them. */
  readonly unfencedVersions: readonly string[];
  /** Whether this handling put the tag. Absent where a record tells of the fence. */
  readonly isNew?: boolean;
}

/** The ports of fences. */
export interface FencePorts {
  readonly tags: SourceTags;
  readonly proofs: FenceProofs;
}

/** The tags of flagged objects. Throws `RefusedError` if S3 does not take the call, whatever the cause. */
export interface SourceTags {
  /** Returns the tags of the current object, or of the named version; `undefined` if there is no such object. */
  read(object: ObjectAddress, versionId: string | undefined): Promise<readonly Tag[] | undefined>;
  /** Replaces all tags. S3 has no condition for this call, so what it hits is what lies there at that moment. */
  replace(
    object: ObjectAddress,
    versionId: string | undefined,
    tags: readonly Tag[],
  ): Promise<
    | {
        readonly kind: 'replaced';
        /** The version that S3 says it tagged. */
        readonly versionId?: string;
      }
    | { readonly kind: 'absent' }
  >;
}

export type FencedBucket = Pick<ObjectAddress, 'accountId' | 'bucket'>;

/** The proofs of the fences of buckets. */
export interface FenceProofs {
  /** Never throws: a fence whose proof cannot be read counts as not proved. */
  isProved(bucket: FencedBucket, now: Date): Promise<boolean>;
}

export function hasFenceTag(tags: readonly Tag[]): boolean {
  return tags.some(([name]) => name === fenceTag);
}

/** Returns the tags that belong to the object. The tag of the fence never travels with it. */
export function withoutFenceTag(tags: readonly Tag[]): readonly Tag[] {
  return tags.filter(([name]) => name !== fenceTag);
}
