import type { Logger } from 'pino';
import { createEventLog } from './event-log.ts';
import { createAwsEvents } from './events/aws-events.ts';
import { createConfirmationEvents } from './events/confirmation-events.ts';
import { createFenceEvents } from './events/fence-events.ts';
import { createFindingEvents } from './events/finding-events.ts';
import { createIsolationSideEvents } from './events/isolation-side-events.ts';
import { createLifeEvents } from './events/life-events.ts';
import { createPolicyEvents } from './events/policy-events.ts';
import { createQueueEvents } from './events/queue-events.ts';
import { createValveEvents } from './events/valve-events.ts';
import { createHeldThisHour } from './held-this-hour.ts';
import { createMessageIdentity } from './message-identity.ts';
import type { Metrics } from './metrics.ts';
import { createReminders } from './reminders.ts';
import { createUnfinished } from './unfinished.ts';

export type Events = ReturnType<typeof createEvents>;

/**
 * Has one function for each event, which writes the log line and updates the metrics. Nothing is logged or
 * counted elsewhere. Log lines hold ids and keys; labels never do.
 */
export function createEvents(logger: Logger, metrics: Metrics, now: () => Date = () => new Date()) {
  const log = createEventLog(logger, now);
  const identity = createMessageIdentity();
  const unfinished = createUnfinished((severity) => metrics.findingsNotIsolated.inc({ severity }), now);
  const heldThisHour = createHeldThisHour(now);
  metrics.onScrape(() => {
    const { oldest, retried } = unfinished.count();
    metrics.oldestUnfinished.reset();
    for (const [severity, at] of oldest) metrics.oldestUnfinished.set({ severity }, at);
    metrics.findingsRetried.set(retried);
    for (const [why, count] of heldThisHour.counts()) metrics.findingsHeld.set({ why }, count);
  });

  const policy = createPolicyEvents(log, metrics);

  return {
    ...createLifeEvents(log, metrics),
    ...createQueueEvents(log, metrics, now, identity, unfinished),
    ...createFindingEvents(log, metrics, now, identity, unfinished, heldThisHour),
    ...createConfirmationEvents(log, metrics, identity),
    ...createFenceEvents(log, metrics),
    ...createIsolationSideEvents(log, metrics),
    ...createValveEvents(log, metrics, now),
    ...policy.events,
    ...createReminders(log, now, unfinished, policy.exceptions),
    ...createAwsEvents(log, metrics),
  };
}
