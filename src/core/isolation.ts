import type { Checksum } from './checksum.ts';
import type { Unconfirmed } from './confirmation.ts';
import type { Fenced } from './fences.ts';
import type { Outcome, RetainedReason } from './outcome.ts';
import type { PropertyName } from './properties.ts';
import type { StoredObject } from './source-buckets.ts';
/** A version as it was when the worker looked at it. */
export interface VersionSeen {
  readonly versionId: string;
  readonly eTag: string;
}

/**
 * The versions of the source that were removed, and those that remain, by their ids. An object without a
 * version id is `null`.
 */
export interface VersionsTouched {
  readonly removedVersions: readonly string[];
  /** Versions of the key that remain. */
  readonly remainingVersions: readonly string[];
  /** Remaining versions that may hold the flagged bytes, because they could not be compared. */
  readonly uncomparedVersions: readonly string[];
  /** The delete marker that hides the key now. */
  readonly markerVersionId?: string;
}

export type Removal =
  | ({ readonly kind: 'removed' } & VersionsTouched)
  /** Nothing was removed, because nothing was left to remove, or because the bytes may stay. */
  | ({ readonly kind: 'untouched' } & VersionsTouched)
  | ({ readonly kind: 'retained'; readonly reason: RetainedReason } & VersionsTouched)
  /** The flagged bytes are gone. Identical versions may have been removed before the worker saw that. */
  | ({ readonly kind: 'vanished' } & VersionsTouched);

/** The facts about the source that travel with a copy, and verify the copy after the source is gone. */
export interface Provenance {
  readonly findingId: string;
  readonly sourceETag: string;
  readonly sourceVersionId?: string;
  readonly sizeBytes: number;
  readonly checksum: Checksum;
  /**
   * Facts for records and comparisons after the source is gone. They are absent in copies of earlier versions
   * of this service.
   */
  readonly md5?: string;
  readonly lastModified?: string;
  readonly storageClass?: string;
  readonly replicationStatus?: string;
  readonly isolatedAt: string;
  readonly serviceVersion: string;
  /** Properties of the source that the copy does not carry. Their values are kept in an object of their own. */
  readonly leftBehind?: readonly PropertyName[];
  /** The names of the tags that a rule added to the copy. */
  readonly addedTags?: readonly string[];
}

/** The facts about the source that records and alerts show. */
export type SourceSeen = Pick<StoredObject, 'sizeBytes'> &
  Partial<Pick<StoredObject, 'versionId' | 'lastModified' | 'storageClass' | 'replicationStatus'>>;

/** Returns the facts about a source that is gone. */
export function sourceOf(provenance: Provenance): SourceSeen {
  const { sizeBytes, sourceVersionId, lastModified, storageClass, replicationStatus } = provenance;
  return {
    sizeBytes,
    ...(sourceVersionId !== undefined && { versionId: sourceVersionId }),
    ...(lastModified !== undefined && { lastModified: new Date(lastModified) }),
    ...(storageClass !== undefined && { storageClass }),
    ...(replicationStatus !== undefined && { replicationStatus }),
  };
}

/** A verified copy of the flagged bytes in the isolation bucket. */
export interface IsolatedCopy {
  readonly key: string;
  readonly provenance: Provenance;
  /** Whether this handling made the copy, and did not find it. */
  readonly madeNow: boolean;
  /** Absent if the copy was found, or was begun by an earlier handling. */
  readonly tagsCopied?: boolean;
}

/** The facts that a dry run saw, and the probable outcome of an isolation. No copy and no delete was attempted. */
export interface Rehearsal {
  readonly expected: Outcome;
  /** Absent if nothing with the flagged bytes was found. */
  readonly source?: SourceSeen;
  /** The ids of the versions that would be removed. */
  readonly wouldRemove: readonly string[];
  /** Ids of versions that would stay and may hold the flagged bytes. */
  readonly uncomparedVersions?: readonly string[];
  /**
   * Whether each thing could be read. Absent if the read was not attempted, because it was not needed or
   * because an earlier read was refused.
   */
  readonly read: {
    readonly object?: boolean;
    readonly versions?: boolean;
    readonly tags?: boolean;
  };
}

/** Everything that is known about one flagged object at the end. Records and alerts are made from it. */
export interface IsolationResult {
  readonly outcome: Outcome;
  /**
   * The source as HEAD showed it before the work began. If the source is gone, the facts in the provenance of
   * the copy.
   */
  readonly source?: SourceSeen;
  readonly copy?: IsolatedCopy;
  readonly removal?: Removal;
  /** The fence of the flagged version, if it stays at the source and the worker tried to fence it. */
  readonly fence?: Fenced;
  /** Nobody looked at the source, or could look in the end. It may hold the flagged bytes, or hold them again. */
  readonly unseen?: true;
  /** Present only with the outcome `rejected: not-confirmed`. */
  readonly unconfirmed?: Unconfirmed;
  /** Present only for a dry run. */
  readonly rehearsal?: Rehearsal;
  /** When the flagged bytes stopped being readable at the source. */
  readonly removedAt?: Date;
  /**
   * The bounds of that time, if others or an earlier handling removed the bytes. Never present together with
   * `removedAt`.
   */
  readonly removedBetween?: { readonly notBefore: Date; readonly notAfter: Date };
}

/** As much of a result as tells where the flagged bytes can still be read. */
export interface WhatRemains extends Pick<IsolationResult, 'removal' | 'unseen'> {
  readonly fence?: Pick<Fenced, 'fence' | 'unfencedVersions'>;
  readonly source?: Pick<SourceSeen, 'replicationStatus'>;
  readonly rehearsal?: Rehearsal;
}

/** The latest time at which the flagged bytes were removed. */
export function removedBy({ removedAt, removedBetween }: IsolationResult): Date | undefined {
  return removedAt ?? removedBetween?.notAfter;
}

/**
 * Whether nobody but the roles that the fence spares can read the flagged bytes, although they stay at the source:
 * the fence is proved, and no other version and no replica may hold the same bytes. Of a source at which nobody could look,
 * nobody knows whether S3 replicates it.
 */
export function isContained(result: WhatRemains): boolean {
  const { fence, source, unseen } = result;
  const isAlone = uncomparedVersions(result).length === 0 && source?.replicationStatus === undefined;
  return fence?.fence === 'fenced' && isAlone && unseen !== true;
}

/** The versions that stay and may hold the flagged bytes, because nothing compared them. */
export function uncomparedVersions({ fence, rehearsal, removal }: WhatRemains): readonly string[] {
  const each = [removal?.uncomparedVersions, fence?.unfencedVersions, rehearsal?.uncomparedVersions];
  return [...new Set(each.flatMap((versions) => versions ?? []))];
}
