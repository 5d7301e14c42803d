import type { S3Request } from '../http/http-request.ts';
import type { Content } from './content.ts';

export type Versioning = 'never' | 'enabled' | 'suspended';

export interface StoredChecksum {
  readonly algorithm: string;
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** A version of an object, or a delete marker. */
export interface Version {
  /** `null` if the bucket was not versioned when the version was put. */
  readonly id: string;
  readonly isMarker: boolean;
  readonly content: Content;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly eTag: string;
  readonly lastModified: Date;
  readonly checksum?: StoredChecksum | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** Content headers by their HTTP names. */
  readonly headers: Readonly<Record<string, string>>;
  tags: readonly (readonly [string, string])[];
  readonly storageClass: string;
  readonly websiteRedirect?: string | undefined;
  readonly encryption: Readonly<Record<string, string>>;
  /** Present if the object was uploaded in parts with a checksum algorithm. */
  readonly parts?: readonly Pick<UploadedPart, 'number' | 'sizeBytes' | 'checksum'>[];
  /** The sizes of the parts in order, if the object was uploaded in parts. */
  readonly partBytes?: readonly number[];
  legalHold?: boolean;
  retention?: Retention;
  /** For an archive class: whether a readable copy is being made or exists. */
  restore?: 'ongoing' | 'done';
  /** The archive tier of Intelligent-Tiering. */
  archiveStatus?: 'ARCHIVE_ACCESS' | 'DEEP_ARCHIVE_ACCESS' | undefined;
  replicationStatus?: 'PENDING' | 'COMPLETED' | 'FAILED' | 'REPLICA';
  /** The number of metadata entries that HTTP headers cannot show. */
  missingMetadata?: number;
}

/** The retention of Object Lock: before its end this version cannot be deleted. */
export interface Retention {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly until: Date;
}

/**
 * The state of a KMS key. A key without a state is enabled. For a hidden key, KMS does not reveal whether the
 * key exists.
 */
export type KeyState = 'enabled' | 'disabled' | 'pending-deletion' | 'denied' | 'hidden' | 'absent';

/** Stands for a policy: an action that a bucket denies to everybody, or only for requests that `when` selects. */
export interface Denial {
  /** The action as IAM names it, for example `s3:GetObject`. */
  readonly action: string;
  readonly when?: (request: S3Request) => boolean;
}

export interface DefaultRetention {
  readonly mode: Retention['mode'];
  readonly days: number;
}

export interface Bucket {
  readonly name: string;
  readonly owner: string;
  readonly region: string;
  versioning: Versioning;
  /** Whether the bucket policy admits other accounts. */
  readonly shared: boolean;
  /** The bucket was created with Object Lock, and is therefore versioned. */
  readonly objectLock: boolean;
  /** The retention of versions that request no lock. */
  defaultRetention?: DefaultRetention | undefined;
  mfaDelete: boolean;
  requesterPays: boolean;
  readonly denials: Denial[];
  /** The bucket policy, as it was put. */
  policy?: string | undefined;
  /** The key of its default encryption, and whether it blocks public access. Both are only shown. */
  defaultKey?: string;
  blocksPublicAccess?: boolean;
  /** The versions of each key, newest first. */
  readonly objects: Map<string, Version[]>;
  readonly uploads: Map<string, Upload>;
}

export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly initiated: Date;
  readonly template: Pick<
    Version,
    'metadata' | 'headers' | 'tags' | 'storageClass' | 'websiteRedirect' | 'encryption'
  >;
  readonly lock: Pick<Version, 'legalHold' | 'retention'>;
  /** Whether the client named the algorithm. Only then S3 keeps the checksums of the parts. */
  readonly checksumNamed: boolean;
  readonly checksumAlgorithm: string;
  readonly checksumType: 'FULL_OBJECT' | 'COMPOSITE';
  readonly parts: Map<number, UploadedPart>;
}

export interface UploadedPart {
  readonly number: number;
  readonly content: Content;
  readonly sizeBytes: number;
  readonly eTag: string;
  readonly checksum: string;
  readonly lastModified: Date;
}
