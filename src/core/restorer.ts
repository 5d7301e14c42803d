import type { ObjectAddress } from './finding.ts';
import type { ContentHeaders, PropertyName, Tag } from './properties.ts';
import type { StoredObject } from './source-buckets.ts';

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
