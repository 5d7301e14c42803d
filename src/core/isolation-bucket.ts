import type { Checksum } from './checksum.ts';
import type { ObjectAddress } from './finding.ts';
import type { PropertyName, Tag } from './properties.ts';
import type { HashAlgorithm, StoredObject } from './source-buckets.ts';

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

/** A call at the isolation side, and the key or prefix that it names. */
export interface BucketCall {
  readonly call: 'copy' | 'put' | 'read' | 'list';
  readonly key: string;
}

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
  /** A fence may be put around the source at any time, and the copy must not carry its tag. */
  readonly mayBeFenced?: boolean;
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
