import type { HandleMessage } from '../aws/queue/in-flight.ts';
import { createQueue, type Queue } from '../aws/queue/queue.ts';
import { sampleQueues } from '../aws/queue/queue-depth.ts';
import { isAccessDenied } from '../aws/sdk/aws-errors.ts';
import type { Clients } from '../aws/sdk/clients.ts';
import type { Config } from '../config/config.ts';
import { rejectedBodyKey } from '../core/evidence/keys.ts';
import type { IsolationBucket } from '../core/isolation-bucket.ts';
import type { Gate } from '../flow/gate.ts';
import { createPace, type Pace } from '../flow/pace.ts';
import type { Readiness } from '../http/readiness.ts';
import type { Events } from '../telemetry/events.ts';

export interface QueueParts {
  readonly clients: Clients;
  readonly handle: HandleMessage;
  /** Nothing is received while it is shut. */
  readonly gate: Gate;
  readonly isolationBucket: Pick<IsolationBucket, 'put'>;
  /** Called when a handling has failed. */
  readonly handlingFailed: () => void;
  /** How many messages may be in work beyond the pace: those of slowed accounts. */
  readonly slotsBesides: () => number;
  readonly events: Events;
  readonly readiness: Readiness;
}

/** Composes the findings queue, the pace that S3 allows, and the sampler of queue depths. The part `queue` is ready while the queue answers. */
export function composeQueue(
  config: Config,
  { clients, events, gate, handle, handlingFailed, isolationBucket, readiness, slotsBesides }: QueueParts,
): { readonly queue: Queue; readonly pace: Pace; readonly sampler: ReturnType<typeof sampleQueues> } {
  const pace = createPace(config.concurrency, {
    isLimiting: () => queue.hasBacklog(),
    onChange(limit) {
      events.concurrencyChanged(limit);
      queue.limitChanged();
    },
  });
  /** Since the last sample of the queue. */
  let hasPolled = false;
  const queue = createQueue(
    clients,
    handle,
    gate,
    {
      ...events,
      polled() {
        hasPolled = true;
        events.polled();
        readiness.set('queue', true);
      },
      pollFailed(error) {
        hasPolled = true;
        events.pollFailed(error);
        readiness.set('queue', false);
      },
      handlingFailed(message, error, retryInSeconds) {
        events.handlingFailed(message, error, retryInSeconds);
        handlingFailed();
      },
    },
    {
      queueUrl: config.queueUrl,
      deadLetterQueueUrl: config.deadLetterQueueUrl,
      concurrency: config.concurrency,
      concurrencyLimit: () => pace.limit + slotsBesides(),
      visibilityTimeoutSeconds: config.visibilityTimeoutSeconds,
      waitTimeSeconds: config.waitTimeSeconds,
      backOff: { baseSeconds: config.backOffBaseSeconds, maxSeconds: config.backOffMaxSeconds },
      keepBody: async (body, sha256) => {
        const key = rejectedBodyKey(sha256);
        await isolationBucket.put(key, body);
        return key;
      },
    },
  );
  const sampler = sampleQueues(
    clients.settle,
    { findings: config.queueUrl, 'dead-letter': config.deadLetterQueueUrl },
    (name, depth) => {
      events.queueSampled(name, depth);
      if (name !== 'findings') return;
      // A paused worker does not poll, and an empty queue answers the first long poll only after 20 s. Then the sample
      // shows whether the queue is there. A role that may not sample it may all the same
      // receive, so a denied sample does not show that it is away.
      if (!hasPolled) readiness.set('queue', !(depth instanceof Error) || isAccessDenied(depth));
      hasPolled = false;
    },
  );
  return { queue, pace, sampler };
}
