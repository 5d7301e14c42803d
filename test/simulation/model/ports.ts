import type { Alert } from '../../../src/core/alert.ts';
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
  sawMfa(by: string, isNeeded: boolean): void;
  /** A unit of the isolation budget was taken, refused because of a pause, or given back. */
  unit(by: string, what: 'taken' | 'refused' | 'given-back'): void;
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
    alerts: {
      publish: (alert) =>
        actor.call('alerts.publish', () => {
          around.witness.alerted(actor.name, alert);
          return 'sent' as const;
        }),
    },
    budget: createBudget(actor, around),
    limits: { take: async () => ({ giveBack: () => undefined }) },
    clock: () => around.clock(actor),
    observer: {
      confirmationDone: () => undefined,
      stepDone: () => undefined,
      alertDone: () => undefined,
      outcomeEventDone: () => undefined,
      fenceDone: () => undefined,
      fenceHitOther: () => undefined,
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

/** The isolation bucket as the model has it. */
export const isolationBucketSpec = {
  name: isolationBucketName,
  accountId: isolationAccount,
  versioning: 'never' as const,
};
