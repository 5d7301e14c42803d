import type { Alert } from './alert.ts';
import type { Checksum } from './checksum.ts';
import type { Confirmation } from './confirmation.ts';
import type { Finding, ObjectAddress, RecordedFinding } from './finding.ts';
import type { Message } from './message.ts';
import type { Outcome } from './outcome.ts';
import type { OutcomeEvent } from './outcome-event.ts';
import type { ContentHeaders, PropertyName, Tag } from './properties.ts';

/**
 * Everything that the core needs from outside; the adapters implement it. Every method throws
 * `RetryableError` for a failure that may pass, and `RefusedError` for a cause that the owner of the source
 * must repair first. Expected ends are returned.
 */
export interface Ports {
  readonly sourceBuckets: SourceBuckets;
  readonly isolationBucket: IsolationBucket;
  readonly alerts: AlertTopic;
  /** If absent, every alert is sent at once. */
  readonly digests?: AlertDigests;
  readonly budget: IsolationBudget;
  readonly limits: IsolationLimits;
  /** If absent, findings are trusted as they come. */
  readonly confirmer?: FindingsConfirmer;
  /** If absent, every source has room. */
  readonly sourceRoom?: SourceRoom;
  /** If absent, outcomes are sent to no bus. */
  readonly outcomeBus?: OutcomeBus;
  readonly clock: () => Date;
  readonly observer: Observer;
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

/** The buckets that hold flagged objects. The worker writes nothing there but delete markers. */
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

/** Algorithms that the worker can compute by reading. */
export type HashAlgorithm = 'SHA256' | 'SHA512' | 'SHA1' | 'MD5' | 'CRC32' | 'CRC32C' | 'CRC64NVME';

export type DeleteAnswer =
  | { readonly kind: 'deleted' }
  | { readonly kind: 'marker-put'; readonly markerVersionId: string }
  /** 412 or 404: the current version has other bytes, or an earlier call of this worker already succeeded. */
  | { readonly kind: 'precondition-failed' }
  | {
      readonly kind: 'not-deleted';
      readonly reason: 'locked' | 'delete-denied' | 'mfa-delete' | 'conditional-delete-unsupported';
    };

export interface CopyRequest {
  readonly from: ObjectAddress;
  readonly stored: StoredObject;
  readonly isolationKey: string;
  /** User metadata for the copy. If absent, S3 copies the metadata of the source (MetadataDirective COPY). */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The copy must have a checksum of this algorithm and type, and finally of this value. */
  readonly checksum: Checksum;
  /** Present with a composite checksum: the sizes of the parts that the copy must have. */
  readonly partSizes?: readonly number[];
  /** As in `RestoreRequest`: the ETag of the object that may lie at the destination. A copy to isolation has none. */
  readonly over?: string;
  /** Once the signal is aborted, no further part is started. The finished parts stay for the next attempt. */
  readonly signal?: AbortSignal;
  /**
   * Called before a copy is made that leaves properties of the source behind, so that their values are kept
   * whatever happens next. The tags are absent if they cannot be read.
   */
  readonly keepProperties?: (tags: readonly Tag[] | undefined) => Promise<void>;
  /** Tags for the copy besides those of the source, as far as the copy has room for them. */
  readonly addTags?: readonly Tag[];
}

export type CopyAnswer =
  | {
      readonly kind: 'copied';
      readonly checksum?: Checksum;
      readonly tagsCopied: boolean;
      /** An earlier handling started the copy, and gave it its metadata and provenance. */
      readonly resumed: boolean;
      /** Properties of the source that the copy does not carry. */
      readonly leftBehind?: readonly PropertyName[];
      /** The names of the tags that the copy has and the source has not. */
      readonly addedTags?: readonly string[];
      /** S3 copied the metadata of the source, although other metadata was given. */
      readonly isBare?: boolean;
    }
  /** 412: either the source no longer has the ETag, or the destination exists. */
  | { readonly kind: 'precondition-failed' }
  /** The store does not accept parts with the requested kind of checksum. Nothing was copied. */
  | { readonly kind: 'parts-not-taken' };

/** An object of the isolation bucket, as a listing shows it. */
export interface ListedCopy {
  readonly key: string;
  readonly sizeBytes: number;
  readonly lastModified: Date;
}

/** The bucket that holds isolated copies, records and provenance. Its objects are never overwritten or deleted. */
export interface IsolationBucket {
  readonly name: string;
  readonly region: string;
  /** The copy is atomic: its readers see the whole destination or none. */
  copy(request: CopyRequest): Promise<CopyAnswer>;
  head(key: string): Promise<StoredObject | undefined>;
  hash(key: string, stored: StoredObject, algorithm: HashAlgorithm): Promise<Checksum>;
  /** Writes JSON if no object exists at the key. */
  put(key: string, json: string): Promise<'written' | 'exists'>;
  get(key: string): Promise<string | undefined>;
  /**
   * Lists the objects whose keys begin with this prefix. The list is bounded: of very many objects, some are
   * left out.
   */
  list(prefix: string): Promise<readonly ListedCopy[]>;
  /** Whether this worker knows that an object exists at the key. `false` says nothing. It makes no call. */
  holds?(key: string): boolean;
}

/** The calls at the source that only the operator's role may make. */
export interface Restorer {
  /** Returns the properties that this request will not restore, as far as that can be known. Nothing is written yet. */
  expectedLoss(request: RestoreRequest): Promise<readonly PropertyName[]>;
  /** Copies an isolated object back to its source and marks it. An existing object is never overwritten. */
  restore(request: RestoreRequest): Promise<Restored | 'occupied'>;
  /** Whether the object carries the mark of a release, as a tag or in its metadata. */
  isMarked(object: ObjectAddress, stored: StoredObject): Promise<boolean>;
}

export interface RestoreRequest {
  readonly isolationKey: string;
  readonly isolated: StoredObject;
  /** These are properties of the original, as are the following fields. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly contentHeaders: ContentHeaders;
  /** If absent, the isolated object has the tags. */
  readonly tags?: readonly Tag[];
  /** The names of the tags of the isolated object that the original did not have. */
  readonly addedTags?: readonly string[];
  readonly storageClass: string;
  readonly websiteRedirect?: string;
  /**
   * Whether metadata and content headers of the isolated object are those of the original, so that S3 may
   * copy them.
   */
  readonly isFaithful: boolean;
  readonly to: ObjectAddress;
  /**
   * The ETag of the object that may lie there. In a versioned bucket it stays as an older version. If absent, no
   * object may lie there.
   */
  readonly over?: string;
}

export interface Restored {
  /** Properties of the original that could not be put back. */
  readonly lost: readonly PropertyName[];
}

/** A finding as Macie's API returns it, reduced to the fields that a message must agree with. */
export type ToldFinding = Pick<Finding, 'id' | 'type' | 'severity' | 'object'>;

/** Macie, which is asked whether a finding is its own. */
export interface FindingsConfirmer {
  /**
   * Returns what Macie has under this id in this region: `not-actionable` if it is no finding about an object,
   * such as a sample, and `undefined` if Macie does not know the id. Throws `IsolationFaultError` if Macie
   * refuses to answer.
   */
  find(id: string, region: string): Promise<ToldFinding | 'not-actionable' | undefined>;
}

/** The destination of alerts. Returns `none` if no topic is set; throws `RetryableError` within 5 s. */
export interface AlertTopic {
  publish(alert: Alert): Promise<'sent' | 'none'>;
}

/** Keeps accounts and buckets apart, so that a source whose calls hang or fail slows no other. */
export interface SourceRoom {
  /**
   * Begins work at the source of this object, and returns what ends it. Throws `RetryableError` if too much work waits
   * there already.
   */
  enter(object: ObjectAddress): () => void;
}

/** The event bus on which other systems learn of outcomes. */
export interface OutcomeBus {
  /** Resolves once the bus has accepted the event; throws `RetryableError` within 5 s. */
  send(event: OutcomeEvent): Promise<void>;
}

/** What a digest sums up of one finding. */
export interface DigestEntry {
  readonly outcome: Outcome;
  readonly finding: RecordedFinding & Partial<Finding>;
  readonly messageId: string;
  readonly rule: string;
  /** The ARN of the topic of the rule. */
  readonly topic?: string;
}

/** Sums up alerts when there are many of them, so that people keep reading. */
export interface AlertDigests {
  /**
   * Returns `undefined` if the alert is to be sent at once. Otherwise the finding is summed up with others: resolves once
   * their digest was accepted, and rejects with `RetryableError` if it was not. `noted`: the finding is in a digest, which
   * nobody has to wait for.
   */
  fold(entry: DigestEntry): Promise<void> | 'noted' | undefined;
}

/** The number of findings that may still be isolated. All workers share it. */
export interface IsolationBudget {
  /** Returns `undefined` if the service is paused; then the finding goes back to the queue. Throws `RetryableError`. */
  take(): Promise<Unit | undefined>;
}

/** How many findings of one rule, or of one bucket, may be isolated in an hour. */
export interface Limit {
  readonly of: 'rule' | 'bucket';
  /** The name of the rule or of the bucket. */
  readonly name: string;
  readonly perHour: number;
}

/** The limits of rules and buckets. All workers share them. */
export interface IsolationLimits {
  /** Returns `undefined` if the limit has no unit left in this hour. Throws `RetryableError`. */
  take(limit: Limit): Promise<Unit | undefined>;
}

/** The right to isolate one finding. */
export interface Unit {
  /** Gives the unit back, because nothing was removed. */
  giveBack(): void;
}

export type Step = 'confirm' | 'identify' | 'copy' | 'verify' | 'delete' | 'alert' | 'record' | 'event';

/** Receives reports about the steps of a handling. Its functions must not throw. */
export interface Observer {
  /**
   * The body was read and names this finding. All later reports about the message concern this finding.
   * `finding` is absent if there is nothing to do about it.
   */
  messageRead(message: Message, findingId: string, finding?: Finding): void;
  /** The work that begins is an isolation, and not only an alert. */
  isolationBegins(message: Message): void;
  /** The work is done and the outcome is known. Alert and record follow. */
  outcomeReached(message: Message, outcome: Outcome): void;
  stepDone(step: Step, seconds: number): void;
  /** The error ended this step, and with it the handling. */
  stepFailed(step: Step, error: unknown): void;
  /** Macie was asked about the finding of this message. */
  confirmationDone(message: Message, confirmation: Confirmation): void;
  /** Reports each attempt and the final result. `failed`: the alert was given up, and its last attempt failed too. */
  alertDone(result: AlertResult | 'try-failed'): void;
  /** Reports each attempt to send an event, and `failed` if the message is parked although an event was not sent. */
  outcomeEventDone(result: OutcomeEventResult): void;
}

export type OutcomeEventResult = 'sent' | 'try-failed' | 'failed';

/** `folded`: a digest told people, and summed the finding up with others. */
export type AlertResult = 'sent' | 'folded' | 'failed' | 'none';
