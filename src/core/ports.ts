import type { Alert } from './alert.ts';
import type { Checksum } from './checksum.ts';
import type { Finding, ObjectAddress } from './finding.ts';
import type { Message } from './message.ts';
import type { ContentHeaders, PropertyName, Tag } from './properties.ts';

/**
 * What the core needs from the outside, implemented by the adapters. Every method throws
 * `RetryableError` for what may go well later and `RefusedError` for what the source's owner must
 * mend first; expected ends are answers.
 */
export interface Ports {
  readonly source: SourceBuckets;
  readonly isolation: IsolationBucket;
  readonly alerts: AlertTopic;
  readonly budget: IsolationBudget;
  readonly clock: () => Date;
  readonly observer: Observer;
}

/** One stored object or version, as HEAD shows it. */
export interface StoredObject {
  /** Absent: the bucket was never versioned. `null`: a version that a PUT may still replace. */
  readonly versionId?: string;
  /** Without quotes. */
  readonly eTag: string;
  readonly sizeBytes: number;
  readonly lastModified?: Date;
  readonly checksum?: Checksum;
  /** In hex, where the ETag is one: single-part objects without KMS. */
  readonly md5?: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Entries of user metadata that S3 could not show over HTTP. */
  readonly missingMetadata: number;
  readonly contentHeaders: ContentHeaders;
  readonly storageClass: string;
  /** An archived object can be read while a restored copy of it exists. */
  readonly restored: boolean;
  readonly archiveStatus?: string;
  readonly customerKey: boolean;
  readonly tagCount: number;
  readonly lock?: 'locked' | 'legal-hold';
  readonly replicationStatus?: string;
  /** No copy carries it. */
  readonly websiteRedirect?: string;
}

/** A version or delete marker of one key. */
export interface ListedVersion {
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isMarker: boolean;
  /** Without quotes; empty for a delete marker. */
  readonly eTag: string;
  readonly sizeBytes: number;
}

/** The buckets that hold flagged objects. Nothing is ever written there but delete markers. */
export interface SourceBuckets {
  /** The current object, or the version named. `undefined`: no such object, or a delete marker. */
  head(object: ObjectAddress, versionId?: string): Promise<StoredObject | undefined>;
  /** Every version of exactly this key, newest first. */
  listVersions(object: ObjectAddress): Promise<readonly ListedVersion[]>;
  versioning(object: ObjectAddress): Promise<'enabled' | 'suspended' | 'never'>;
  /** Whether no version and no marker can be removed without the root user's second factor. A marker can be put there. */
  needsMfa(object: ObjectAddress): Promise<boolean>;
  /**
   * Plain delete, carried out only while the current version has this ETag: removes the object of an
   * unversioned bucket and puts a delete marker in a versioned one. The answer tells which.
   */
  deleteCurrent(object: ObjectAddress, ifMatchETag: string): Promise<DeleteAnswer>;
  /** Deletes one version (or delete marker) for good. A version that is not there counts as deleted. */
  deleteVersion(object: ObjectAddress, versionId: string): Promise<DeleteAnswer>;
  /** Of a multipart object, in order and in bytes. `undefined`: S3 does not know them, or does not tell us. */
  partSizes(object: ObjectAddress, stored: StoredObject): Promise<readonly number[] | undefined>;
  /** Reads the whole object and hashes it in constant memory; the bytes read are those with this ETag. */
  hash(object: ObjectAddress, stored: StoredObject, algorithm: HashAlgorithm): Promise<Checksum>;
}

/** What can be computed by reading. */
export type HashAlgorithm = 'SHA256' | 'SHA512' | 'SHA1' | 'MD5' | 'CRC32' | 'CRC32C' | 'CRC64NVME';

export type DeleteAnswer =
  | { readonly kind: 'deleted' }
  | { readonly kind: 'marker-put'; readonly markerVersionId: string }
  /** 412, or 404: the bytes named are no longer the current ones, or it was our own earlier success. */
  | { readonly kind: 'precondition-failed' }
  | {
      readonly kind: 'not-deleted';
      readonly reason: 'locked' | 'delete-denied' | 'mfa-delete' | 'conditional-delete-unsupported';
    };

export interface CopyRequest {
  readonly from: ObjectAddress;
  readonly stored: StoredObject;
  readonly toKey: string;
  /** User metadata for the copy; absent: the source's travels as it is (MetadataDirective COPY). */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The copy's checksum is to be of this algorithm and type, and in the end of this value. */
  readonly checksum: Checksum;
  /** With a composite checksum: the parts that the copy is to have. */
  readonly partSizes?: readonly number[];
  /** Once aborted no further part is begun; what there is stays for the next attempt. */
  readonly signal?: AbortSignal;
  /**
   * Called before a copy is made that leaves properties of the source behind, so that they are kept whatever happens
   * next. The tags are absent where they cannot be read.
   */
  readonly keepProperties?: (tags: readonly Tag[] | undefined) => Promise<void>;
}

export type CopyAnswer =
  | {
      readonly kind: 'copied';
      readonly checksum?: Checksum;
      readonly tagsCopied: boolean;
      /** An earlier handling had begun it: metadata and provenance are those that it gave. */
      readonly resumed: boolean;
      /** Properties of the source that the copy does not carry. */
      readonly leftBehind?: readonly PropertyName[];
      /** S3 copied the source's metadata as it is, although other metadata was given. */
      readonly isBare?: boolean;
    }
  /** 412: either the source no longer has the ETag, or the destination exists. */
  | { readonly kind: 'precondition-failed' }
  /** The store takes no parts with a checksum of the kind that was asked for. Nothing was copied. */
  | { readonly kind: 'parts-not-taken' };

/** An object of the isolation bucket, as a listing shows it. */
export interface ListedCopy {
  readonly key: string;
  readonly sizeBytes: number;
  readonly lastModified: Date;
}

/** The bucket that holds isolated copies, records and provenance. Nothing in it is ever overwritten or deleted. */
export interface IsolationBucket {
  readonly name: string;
  readonly region: string;
  /** Atomic for its reader: the destination appears whole or not at all. */
  copy(request: CopyRequest): Promise<CopyAnswer>;
  head(key: string): Promise<StoredObject | undefined>;
  hash(key: string, stored: StoredObject, algorithm: HashAlgorithm): Promise<Checksum>;
  /** Puts JSON where nothing is yet. */
  put(key: string, json: string): Promise<'written' | 'exists'>;
  get(key: string): Promise<string | undefined>;
  /** What lies under keys that begin like this. Bounded: of very many, some are left out. */
  list(prefix: string): Promise<readonly ListedCopy[]>;
  /** Whether this worker knows that something is there. `false` says nothing. Costs no call. */
  holds?(key: string): boolean;
}

/** What only the operator's role may do at the source. */
export interface Restorer {
  /** What a restoration by this request will not put back, as far as it can be known. Nothing is written yet. */
  expectedLoss(request: RestoreRequest): Promise<readonly PropertyName[]>;
  /** Copies an isolated object to where it came from and marks it, never over an existing object. */
  restore(request: RestoreRequest): Promise<Restored | 'occupied'>;
  /** Whether what lies there carries the mark of a release, as a tag or in its metadata. */
  isMarked(object: ObjectAddress, stored: StoredObject): Promise<boolean>;
}

export interface RestoreRequest {
  readonly fromKey: string;
  readonly isolated: StoredObject;
  /** The original's own, as are the following. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly contentHeaders: ContentHeaders;
  /** Absent: the isolated object has them. */
  readonly tags?: readonly Tag[];
  readonly storageClass: string;
  readonly websiteRedirect?: string;
  /** Whether metadata and content headers of the isolated object are the original's, so that S3 may copy them unseen. */
  readonly isFaithful: boolean;
  readonly to: ObjectAddress;
}

export interface Restored {
  /** Properties of the original that could not be put back. */
  readonly lost: readonly PropertyName[];
}

/** Where alerts go. Answers `none` where no topic is set; throws `RetryableError` within 5 s. */
export interface AlertTopic {
  publish(alert: Alert): Promise<'sent' | 'none'>;
}

/** How much may be isolated. Shared by all workers. */
export interface IsolationBudget {
  /** `undefined`: the service is paused, and the finding goes back to the queue. Throws `RetryableError`. */
  take(): Promise<Unit | undefined>;
}

/** The right to isolate one finding. */
export interface Unit {
  /** Nothing was removed. */
  giveBack(): void;
}

export type Step = 'identify' | 'copy' | 'verify' | 'delete' | 'alert' | 'record';

/** Hears what happens inside a handling. Must not throw. */
export interface Observer {
  /**
   * The body was read, and names this finding: what is told of the message from here on is about it. Where nothing is
   * to be done about it, the finding itself is absent.
   */
  messageRead(message: Message, findingId: string, finding?: Finding): void;
  /** The object is to be isolated, and not only told of. */
  isolationBegins(message: Message): void;
  stepDone(step: Step, seconds: number): void;
  /** Each try, and what became of the alert. `failed`: it was given up, and its last try failed too. */
  alertDone(result: AlertResult | 'try-failed'): void;
}

export type AlertResult = 'sent' | 'failed' | 'none';
