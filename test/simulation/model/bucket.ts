import type { Entry } from './objects.ts';

export interface Place {
  readonly bucket: string;
  readonly key: string;
}

export type Versioning = 'never' | 'enabled' | 'suspended';

/** What a bucket's policy can deny the worker: looking at objects and copying them, and so on. */
export type Denial = 'objects' | 'tags' | 'lists' | 'versioning' | 'markers' | 'versions';

export interface Bucket {
  readonly name: string;
  accountId: string;
  versioning: Versioning;
  readonly denied: Set<Denial>;
  /** Versions and markers can be removed for good only with MFA. */
  needsMfa: boolean;
  /** Begun and not completed, by the key that the object is to have. */
  readonly uploads: Map<string, Upload>;
  /** Newest first. */
  readonly keys: Map<string, Entry[]>;
}

/** A copy in parts that is not finished. */
export interface Upload {
  readonly properties: Pick<Entry, 'metadata' | 'tags' | 'contentHeaders'>;
  readonly begunBy: string;
  readonly parts: Map<number, string>;
  /** The version that the parts are of. */
  copyOf?: NonNullable<Entry['copyOf']>;
}
