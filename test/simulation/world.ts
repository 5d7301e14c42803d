import type { FenceMode } from '../../src/core/fences.ts';
import type { SourceVersions } from '../../src/core/remove/choose-versions.ts';
import type { Fault } from './actor.ts';
import type { Denial, Place, Versioning } from './model/bucket.ts';
import type { Extras, Form, Lock } from './model/objects.ts';

/** What a world may hold beside the rest; some of it only together with what the product does about it. */
export type Feature =
  /** Objects that have the size and CRC of others. */
  | 'forged-checksums'
  /** Versions with the flagged ETag count as flagged, whatever version the finding names. */
  | 'same-etag'
  /** Findings that name one version in different ways. */
  | 'mixed-names'
  /** Findings about two objects under one id. */
  | 'shared-ids'
  /** Workers of some worlds fence what stays, and of others also what they are about to copy. */
  | 'fences';

/** Everything that a schedule is run in. Plain data, made from a seed or written down. */
export interface World {
  readonly features: readonly Feature[];
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
  /** Whether what has more than one byte is copied in two parts. */
  readonly copiesInParts?: boolean;
  /** How many messages a person may send back from the dead-letter queue. */
  readonly redrives?: number;
  /** How many findings the one rule may isolate in an hour; without a limit if absent. */
  readonly limitPerHour?: number;
  /** How often a person may send what a limit holds again, before all of it is sent at the end. */
  readonly resends?: number;
  /** Whether alerts that may be folded are told by a digest. */
  readonly foldsAlerts?: boolean;
  /** Whether a release marks the object in its metadata, for lack of room among its tags. */
  readonly marksInMetadata: boolean;
  /** When workers fence. */
  readonly fence?: FenceMode;
  /** What may go wrong in a schedule: of each set one fault, once. */
  readonly faults: readonly (readonly Fault[])[];
  /** How many messages may be delivered again although nothing went wrong. */
  readonly repeats: number;
}

/** A finding: about the entry that is so many places below the top of its key after `before`. */
export interface Flag extends Place {
  readonly depth: number;
  readonly names: 'version-and-etag' | 'version' | 'etag';
  /** Another finding came under the same id. */
  readonly sharesId?: boolean;
  /** Macie may be told of an account that does not own the bucket any more. */
  readonly accountId?: string;
}

/** Something that an owner or an administrator does, at one blow. */
export type Deed =
  | ({ readonly kind: 'put'; readonly bytes: string; readonly form: Form; readonly extras?: Extras } & Place)
  | ({ readonly kind: 'erase' } & Place)
  | ({ readonly kind: 'delete-entry'; readonly depth: number } & Place)
  | ({ readonly kind: 'lock'; readonly depth: number; readonly lock: Lock | undefined } & Place)
  | { readonly kind: 'versioning'; readonly bucket: string; readonly state: 'enabled' | 'suspended' }
  | { readonly kind: 'deny'; readonly bucket: string; readonly what: Denial; readonly denied: boolean }
  /** The bucket is emptied and deleted, and another account makes one of this name. */
  | { readonly kind: 'hand-over'; readonly bucket: string; readonly accountId: string }
  | { readonly kind: 'policy'; readonly isolates: boolean }
  | { readonly kind: 'mode'; readonly mode: 'enforce' | 'dry-run' }
  /** The next hour begins, and with it the limits. */
  | { readonly kind: 'hour' }
  /** An operator pauses the service, or resumes it. */
  | { readonly kind: 'pause'; readonly paused: boolean }
  /** Versions and markers of this bucket can be removed for good only with MFA. */
  | { readonly kind: 'mfa-delete'; readonly bucket: string; readonly needed: boolean }
  /** The isolation bucket answers 4xx to this, whatever the object. */
  | { readonly kind: 'isolation-refuses'; readonly what: IsolationCall; readonly refuses: boolean };

export type IsolationCall = 'copy' | 'put' | 'head';

export const isolationBucketName = 'isolation';
export const isolationAccount = '111122223333';
