import type { Checksum } from './checksum.ts';
import type { Outcome, RetainedReason } from './outcome.ts';
import type { StoredObject } from './ports.ts';
import type { PropertyName } from './properties.ts';
/** One version as it was when it was looked at. */
export interface VersionSeen {
  readonly versionId: string;
  readonly eTag: string;
}

/** What was taken away at the source and what was left. Version ids; `null` for an object without one. */
export interface VersionsTouched {
  readonly removedVersions: readonly string[];
  /** Versions of the key that are still there. */
  readonly remainingVersions: readonly string[];
  /** Those among the remaining that may hold the flagged bytes: they could not be compared. */
  readonly uncomparedVersions: readonly string[];
  /** The delete marker that hides the key now. */
  readonly markerVersionId?: string;
}

export type Removal =
  | ({ readonly kind: 'removed' } & VersionsTouched)
  | ({ readonly kind: 'retained'; readonly reason: RetainedReason } & VersionsTouched)
  /** The flagged bytes are not there any more. Identical versions may have been removed before that was seen. */
  | ({ readonly kind: 'vanished' } & VersionsTouched);

/** Where a copy comes from and what proves it whole after the source is gone. */
export interface Provenance {
  readonly findingId: string;
  readonly sourceETag: string;
  readonly sourceVersionId?: string;
  readonly sizeBytes: number;
  readonly checksum: Checksum;
  /** What else is to be told, and compared with, once the source is gone. Absent in copies of earlier versions. */
  readonly md5?: string;
  readonly lastModified?: string;
  readonly storageClass?: string;
  readonly replicationStatus?: string;
  readonly isolatedAt: string;
  readonly serviceVersion: string;
  /** Properties of the source that the copy does not carry; their values are kept beside it. */
  readonly leftBehind?: readonly PropertyName[];
}

/** What is told of the source in records and alerts. */
export type SourceSeen = Pick<StoredObject, 'sizeBytes'> &
  Partial<Pick<StoredObject, 'versionId' | 'lastModified' | 'storageClass' | 'replicationStatus'>>;

/** What there is to tell of a source that is gone. */
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

/** A copy in the isolation bucket that was proved to hold the flagged bytes. */
export interface IsolatedCopy {
  readonly key: string;
  readonly provenance: Provenance;
  /** Made by this handling, not found. */
  readonly madeNow: boolean;
  /** Absent where the copy was found, or begun by an earlier handling. */
  readonly tagsCopied?: boolean;
}

/** What became of one flagged object, as far as it got: the substance of records and alerts. */
export interface Isolation {
  readonly outcome: Outcome;
  /** The source as HEAD showed it before anything was done; where that is gone, what the copy's provenance knows of it. */
  readonly source?: SourceSeen;
  readonly copy?: IsolatedCopy;
  readonly removal?: Removal;
  /** When the flagged bytes were no longer readable at the source. */
  readonly removedAt?: Date;
  /** The same where others removed them, or an earlier handling: it was in this time. Never beside `removedAt`. */
  readonly removedBetween?: { readonly notBefore: Date; readonly notAfter: Date };
}

/** When the flagged bytes were gone at the latest. */
export function removedBy({ removedAt, removedBetween }: Isolation): Date | undefined {
  return removedAt ?? removedBetween?.notAfter;
}
