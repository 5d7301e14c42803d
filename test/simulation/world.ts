import type { SourceVersions } from '../../src/core/choose-versions.ts';
import type { Fault } from './actor.ts';
import type { Form, Lock } from './model/objects.ts';
import type { Place, Versioning } from './model/s3.ts';

/** Everything that a schedule is run in. Plain data, made from a seed or written down. */
export interface World {
  readonly sourceVersions: SourceVersions;
  readonly parkAfterReceives: number;
  readonly maximumReceives: number;
  readonly buckets: readonly {
    readonly name: string;
    readonly accountId: string;
    readonly versioning: Versioning;
  }[];
  /** What happened before Macie looked. */
  readonly before: readonly Deed[];
  readonly findings: readonly Flag[];
  /** Which finding each message is about. */
  readonly messages: readonly number[];
  /** What people may do while the workers run; each deed once, whenever the schedule says. */
  readonly deeds: readonly Deed[];
  /** The clock of each worker is off by so much. */
  readonly workerSkewsMs: readonly number[];
  /** Each releases one finding's object, once. */
  readonly operators: readonly number[];
  /** Whether HEAD shows locks; else a refused delete is all that tells. */
  readonly showsLocks: boolean;
  /** Whether a release marks the object in its metadata, for lack of room among its tags. */
  readonly marksInMetadata: boolean;
  /** What may go wrong in a schedule: of each set one fault, once. */
  readonly faults: readonly (readonly Fault[])[];
  /** How many messages may be delivered again although nothing went wrong. */
  readonly repeats: number;
}

/** A finding: about the entry that is so many places below the top of its key after `before`. */
export interface Flag extends Place {
  readonly depth: number;
  readonly names: 'version-and-etag' | 'version' | 'etag';
  /** Macie may be told of an account that does not own the bucket any more. */
  readonly accountId?: string;
}

/** Something that an owner or an administrator does, at one blow. */
export type Deed =
  | ({ readonly kind: 'put'; readonly bytes: string; readonly form: Form } & Place)
  | ({ readonly kind: 'erase' } & Place)
  | ({ readonly kind: 'delete-entry'; readonly depth: number } & Place)
  | ({ readonly kind: 'lock'; readonly depth: number; readonly lock: Lock | undefined } & Place)
  | { readonly kind: 'versioning'; readonly bucket: string; readonly state: 'enabled' | 'suspended' }
  | { readonly kind: 'deny-reads' | 'deny-deletes'; readonly bucket: string; readonly denied: boolean }
  | { readonly kind: 'policy'; readonly isolates: boolean };

export const isolationBucketName = 'isolation';
export const isolationAccount = '111122223333';
