import { setTimeout as after } from 'node:timers/promises';
import { createControlObjects } from '../aws/s3/isolation/control-objects.ts';
import { destinationIn } from '../aws/s3/isolation/isolation-bucket.ts';
import type { Clients } from '../aws/sdk/clients.ts';
import type { Config } from '../config/config.ts';
import type { AlertTopic } from '../core/alert-topic.ts';
import { budgetKey, pauseKey } from '../core/evidence/keys.ts';
import { budgetSpentAlert } from '../core/tell/budget-alert.ts';
import type { ControlObjects } from '../core/valve/control-objects.ts';
import { createLimits, type Limits } from '../core/valve/limits.ts';
import { createSharedClock } from '../core/valve/shared-clock.ts';
import type { SharedObjectParts } from '../core/valve/shared-object.ts';
import { createValve, type Valve } from '../core/valve/valve.ts';
import { settledOrAborted } from '../flow/settled-or-aborted.ts';
import { createValveGate, type ValveGate } from '../flow/valve-gate.ts';
import type { Events } from '../telemetry/events.ts';
import { alertOperators } from './alert-operators.ts';
import { isolationPlace } from './isolation-place.ts';

export interface ValveParts {
  readonly clients: Clients;
  readonly alerts: AlertTopic;
  readonly events: Events;
  /** Wraps the objects, so that refused calls are counted. */
  readonly watched: (objects: ControlObjects) => ControlObjects;
  /** Called while pause and budget cannot be read, or S3 does not answer. */
  readonly unreadable: () => void;
}

/** Composes the parts that decide how much this worker may isolate: valve, its gate, and the limits of rules and buckets. */
export interface Allowances {
  readonly valve: Valve;
  readonly gate: ValveGate;
  readonly limits: Limits;
  /** Rejects if pause or budget cannot be read, or if a lease of budget or limits would be refused. */
  probe(): Promise<void>;
  /** Gives back all leased units. */
  stop(): Promise<void>;
}

const giveBackMs = 5_000;

/** Nothing is read before the gate is started. */
export function composeValve(
  config: Config,
  { alerts, clients, events, unreadable, watched }: ValveParts,
  options: { readonly refreshEveryMs?: number | undefined },
): Allowances {
  const { accountId, isolationBucket, isolationBudgetPerHour } = config;
  const shared: SharedObjectParts = {
    objects: watched(
      createControlObjects({
        client: clients.s3(config.region),
        bucket: isolationBucket,
        owner: accountId,
        destination: destinationIn(isolationPlace(config)),
      }),
    ),
    clock: createSharedClock(() => performance.now()),
    // Doubles with each attempt, so that any number of workers comes to an end, and differs for each worker.
    stepAside: (attempt) => after(Math.random() * Math.min(1_000, 10 * 2 ** attempt)),
  };
  const limits = createLimits(shared);
  const valve = createValve({
    ...shared,
    perHour: isolationBudgetPerHour,
    alertSpent: (count) =>
      alertOperators(alerts, events, budgetSpentAlert({ isolationBucket, accountId, count })),
  });
  const gate = createValveGate(
    valve,
    {
      ...events,
      valveUnreadable(error) {
        events.valveUnreadable(error);
        unreadable();
      },
    },
    options,
  );
  return {
    valve,
    gate,
    limits,
    async probe() {
      // A lease reads nothing that this worker has seen, so it does not show that the objects can be read.
      await Promise.all([pauseKey, budgetKey].map((key) => shared.objects.read(key)));
      await valve.probe();
      await limits.probe();
    },
    async stop() {
      // Units that are not given back end with their hour. A stop does not wait long for a bucket that is away.
      const givenBack = Promise.allSettled([gate.stop(), limits.drain()]);
      await settledOrAborted(givenBack, AbortSignal.timeout(giveBackMs));
    },
  };
}
