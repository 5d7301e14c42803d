import type { Checksum } from './checksum.ts';
import type { ObjectAddress } from './finding.ts';
import type { ContentHeaders, Tag } from './properties.ts';

/** The buckets that hold flagged objects. The worker writes nothing there but delete markers and tags of fences. */
export interface SourceBuckets {
  /**
   * Returns the current object, or the named version. Returns `undefined` if there is no such object, or a
   * delete marker.
   */
  head(object: ObjectAddress, versionId?: string): Promise<StoredObject | undefined>;
  /** Returns every version of exactly this key, newest first. */
  listVersions(object: ObjectAddress): Promise<readonly ListedVersion[]>;
  versioning(object: ObjectAddress): Promise<'enabled' | 'suspended' | 'never'>;
  /** Whether only the root user can remove versions and markers, with MFA. A marker can be put without MFA. */
  needsMfa(object: ObjectAddress): Promise<boolean>;
  /**
   * Plain delete, which S3 carries out only while the current version has this ETag. It removes the object of
   * an unversioned bucket, and puts a delete marker in a versioned bucket. The answer tells which of the two
   * happened.
   */
  plainDelete(object: ObjectAddress, ifMatchETag: string): Promise<DeleteAnswer>;
  /** Deletes a version or delete marker for good. A version that does not exist counts as deleted. */
  deleteVersion(object: ObjectAddress, versionId: string): Promise<DeleteAnswer>;
  /**
   * Returns the sizes of the parts of a multipart object, in order and in bytes. Returns `undefined` if S3
   * does not know them or may not be asked.
   */
  partSizes(object: ObjectAddress, stored: StoredObject): Promise<readonly number[] | undefined>;
  /** Whether the tags can be read. Only a dry run asks, since an isolation notices it by itself. */
  mayReadTags(object: ObjectAddress, versionId: string | undefined): Promise<boolean>;
  /** Reads the whole object and hashes it in constant memory. The bytes are those with the ETag of `stored`. */
  hash(object: ObjectAddress, stored: StoredObject, algorithm: HashAlgorithm): Promise<Checksum>;
}

/** An object or version as HEAD shows it. */
export interface StoredObject {
  /** If absent, the bucket was never versioned. `null` is a version that a PUT may still replace. */
  readonly versionId?: string;
  /** Without quotes. */
  readonly eTag: string;
  readonly sizeBytes: number;
  readonly lastModified?: Date;
  readonly checksum?: Checksum;
  /** The MD5 in hex, if the ETag is an MD5: for single-part objects without KMS. */
  readonly md5?: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** The number of entries of user metadata that S3 could not show over HTTP. */
  readonly missingMetadata: number;
  readonly contentHeaders: ContentHeaders;
  readonly storageClass: string;
  /** An archived object can be read while a restored copy of it exists. */
  readonly restored: boolean;
  readonly archiveStatus?: string;
  readonly customerKey: boolean;
  readonly tagCount: number;
  /** HEAD shows the number of tags alone. Present if the tags were read; without the tag of a fence. */
  readonly ownTags?: readonly Tag[];
  readonly lock?: 'locked' | 'legal-hold';
  readonly replicationStatus?: string;
  /** No copy carries the redirect. */
  readonly websiteRedirect?: string;
}

/** A version or delete marker of a key. */
export interface ListedVersion {
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isMarker: boolean;
  /** Without quotes; empty for a delete marker. */
  readonly eTag: string;
  readonly sizeBytes: number;
}

export type DeleteAnswer =
  | { readonly kind: 'deleted' }
  | { readonly kind: 'marker-put'; readonly markerVersionId: string }
  /** 412 or 404: the current version has other bytes, or an earlier call of this worker already succeeded. */
  | { readonly kind: 'precondition-failed' }
  | {
      readonly kind: 'not-deleted';
      readonly reason: 'locked' | 'delete-denied' | 'mfa-delete' | 'conditional-delete-unsupported';
    };

/** Algorithms that the worker can compute by reading. */
export type HashAlgorithm = 'SHA256' | 'SHA512' | 'SHA1' | 'MD5' | 'CRC32' | 'CRC32C' | 'CRC64NVME';

/** Keeps accounts and buckets apart, so that a source whose calls hang or fail slows no other. */
export interface SourceRoom {
  /**
   * Begins work at the source of this object, and returns what ends it. Throws `RetryableError` if too much work waits
   * there already.
   */
  enter(object: ObjectAddress): () => void;
}
