import type { Alert } from '../../../src/core/alert.ts';
import type { AlertDigests, DigestEntry } from '../../../src/core/alert-topic.ts';
import type { Ports } from '../../../src/core/ports.ts';
import type { Actor } from '../actor.ts';
import type { Rules } from '../deeds.ts';
import type { Product } from '../product.ts';
import { isolationAccount, isolationBucketName, type World } from '../world.ts';
import type { Place, Versioning } from './bucket.ts';
import { createIsolation } from './isolation-bucket.ts';
import type { Entry } from './objects.ts';
import type { ModelS3 } from './s3.ts';
import { createSource } from './source-buckets.ts';
import { createFencePorts } from './source-tags.ts';

/** A condition that S3 is told to forget, so that a test can see what it is good for. */
export type Forgotten =
  | 'expected owner'
  | 'CopySourceIfMatch'
  | 'If-Match on delete'
  | 'If-Match on marker'
  | 'IfNoneMatch';

/** Hears what a worker asks and says, as it happens. */
export interface Witness {
  refused(by: string): void;
  /** The isolation bucket did not take what was asked of it. */
  isolationFailed(by: string): void;
  listed(by: string, at: Place, entries: readonly Entry[]): void;
  sawVersioning(by: string, state: Versioning): void;
  looked(by: string, at: Place, versionId: string | undefined): void;
  copied(by: string, copy: Entry): void;
  restored(entry: Entry, copy: Entry, at: Place): void;
  wrote(by: string, key: string, json: string): void;
  alerted(by: string, alert: Alert): void;
  /** The bucket's owner has told whether markers can be removed only with MFA. */
  sawMfa(by: string, isNeeded: boolean | undefined): void;
  /** A unit of the isolation budget was taken, refused because of a pause, or given back. */
  unit(by: string, what: 'taken' | 'refused' | 'given-back'): void;
  /** The same of the limit, and the hour of the unit. */
  unitOfLimit(by: string, what: 'taken' | 'refused' | 'given-back', hour: number): void;
  /** The tag of a fence was put on an entry, or taken away from it. */
  fenced(by: string, entry: Entry, isFenced: boolean): void;
  /** A worker said that it may have left the tag of a fence on other bytes. */
  fenceMayBeLeft(at: Place): void;
  /** A digest was accepted that sums up this finding. */
  digested(by: string, entry: DigestEntry): void;
}

export interface Surroundings {
  readonly world: World;
  readonly product: Product;
  readonly s3: ModelS3;
  readonly rules: Rules;
  readonly witness: Witness;
  readonly forgotten: ReadonlySet<Forgotten>;
  /** Whether what is copied next arrives with other bytes. */
  takeCorruption(): boolean;
  clock(actor: Actor): Date;
}

/** The ports of the core on the model, each call a moment at which anything else may happen first. */
export function createModelPorts(actor: Actor, around: Surroundings): Ports {
  return {
    sourceBuckets: createSource(actor, around),
    isolationBucket: createIsolation(actor, around),
    fencing: createFencePorts(actor, around),
    alerts: {
      publish: (alert) =>
        actor.call('alerts.publish', () => {
          around.witness.alerted(actor.name, alert);
          return 'sent' as const;
        }),
    },
    budget: createBudget(actor, around),
    limits: createLimits(actor, around),
    ...(around.world.foldsAlerts && { digests: createDigests(actor, around) }),
    clock: () => around.clock(actor),
    observer: {
      confirmationDone: () => undefined,
      stepDone: () => undefined,
      alertDone: () => undefined,
      outcomeEventDone: () => undefined,
      fenceDone: () => undefined,
      fenceHitOther: () => undefined,
      fenceMayBeLeft: ({ object }) => around.witness.fenceMayBeLeft(object),
      messageRead: () => undefined,
      isolationBegins: () => undefined,
      outcomeReached: () => undefined,
      stepFailed: () => undefined,
    },
  };
}

/** Where nobody pauses the service, taking a unit is no moment of its own. */
function createBudget({ name, call }: Actor, { rules, witness, world }: Surroundings): Ports['budget'] {
  const take = () => {
    witness.unit(name, rules.paused ? 'refused' : 'taken');
    return rules.paused ? undefined : { giveBack: () => witness.unit(name, 'given-back') };
  };
  const isEverPaused = world.deeds.some(({ kind }) => kind === 'pause');
  return { take: async () => (isEverPaused ? call('budget.take', take) : take()) };
}

/** The units of an hour, which all workers share. A unit that is given back is a unit of its own hour. */
function createLimits({ name, call }: Actor, { rules, witness, world }: Surroundings): Ports['limits'] {
  const { limitPerHour } = world;
  const take = (most: number) => {
    const { hour } = rules;
    const isLeft = rules.leased < most;
    witness.unitOfLimit(name, isLeft ? 'taken' : 'refused', hour);
    if (!isLeft) return undefined;
    rules.leased += 1;
    return {
      giveBack() {
        if (rules.hour === hour) rules.leased -= 1;
        witness.unitOfLimit(name, 'given-back', hour);
      },
    };
  };
  return {
    take: async (limit) => {
      if (limitPerHour === undefined) return { giveBack: () => undefined };
      return call('limits.take', () => take(limit.perHour));
    },
  };
}

/**
 * Every alert that may be folded waits for a digest, and its worker with it: one worker handles one finding at a time. Held
 * findings are told at once, as the first one of an hour is.
 */
function createDigests({ name, call }: Actor, { witness }: Surroundings): AlertDigests {
  return {
    fold: (entry) =>
      entry.outcome.name === 'held' ? undefined : call('alerts.digest', () => witness.digested(name, entry)),
  };
}

/** The isolation bucket as the model has it. */
export const isolationBucketSpec = {
  name: isolationBucketName,
  accountId: isolationAccount,
  versioning: 'never' as const,
};
