import { setTimeout as after } from 'node:timers/promises';
import { createControlObjects } from '../aws/s3/control-objects.ts';
import { destinationIn } from '../aws/s3/isolation-bucket.ts';
import type { Clients } from '../aws/sdk/clients.ts';
import type { Config } from '../config/config.ts';
import type { AlertTopic } from '../core/ports.ts';
import { budgetSpentAlert } from '../core/tell/budget-alert.ts';
import type { ControlObjects } from '../core/valve/control-objects.ts';
import { createValve, type Valve } from '../core/valve/valve.ts';
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
}

/** Composes the valve of this worker, and the gate that follows it. Nothing is read before `start`. */
export function composeValve(
  config: Config,
  { alerts, clients, events, watched }: ValveParts,
  options: { readonly refreshEveryMs?: number | undefined },
): { readonly valve: Valve; readonly gate: ValveGate } {
  const { accountId, isolationBucket, isolationBudgetPerHour } = config;
  const valve = createValve({
    objects: watched(
      createControlObjects({
        client: clients.s3(config.region),
        bucket: isolationBucket,
        owner: accountId,
        destination: destinationIn(isolationPlace(config)),
      }),
    ),
    perHour: isolationBudgetPerHour,
    alertSpent: (count) =>
      alertOperators(alerts, events, budgetSpentAlert({ isolationBucket, accountId, count })),
    elapsedMs: () => performance.now(),
    // Doubles with each attempt, so that any number of workers comes to an end, and differs for each worker.
    stepAside: (attempt) => after(Math.random() * Math.min(1_000, 10 * 2 ** attempt)),
  });
  const gate = createValveGate(valve, events, options);
  return { valve, gate };
}
