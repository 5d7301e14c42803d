import type { Logger } from 'pino';
import { createAwsEvents } from './aws-events.ts';
import { createConfirmationEvents } from './confirmation-events.ts';
import { createEventLog } from './event-log.ts';
import { createFenceEvents } from './fence-events.ts';
import { createFindingEvents } from './finding-events.ts';
import { createHeldThisHour } from './held-this-hour.ts';
import { createIsolationSideEvents } from './isolation-side-events.ts';
import { createLifeEvents } from './life-events.ts';
import { createMessageIdentity } from './message-identity.ts';
import type { Metrics } from './metrics.ts';
import { createPolicyEvents } from './policy-events.ts';
import { createQueueEvents } from './queue-events.ts';
import { createReminders } from './reminders.ts';
import { createUnfinished } from './unfinished.ts';
import { createValveEvents } from './valve-events.ts';

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
