import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Clients } from '../../../src/aws/sdk/clients.ts';
import { composeQueue, type QueueParts } from '../../../src/compose/queue.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { createReadiness } from '../../../src/http/readiness.ts';

const counts = {
  ApproximateNumberOfMessages: '0',
  ApproximateNumberOfMessagesNotVisible: '0',
  ApproximateNumberOfMessagesDelayed: '0',
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A paused worker samples the queue, and does nothing else with it. */
function pausedWorker() {
  const parsed = parseConfig({
    QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/111122223333/findings',
    ISOLATION_BUCKET: 'isolation',
    AWS_REGION: 'eu-central-1',
  });
  if (!parsed.ok) throw new Error(parsed.problems.join());
  const send = vi.fn(async () => ({ Attributes: counts }));
  const readiness = createReadiness(() => undefined);
  const { sampler } = composeQueue(parsed.config, {
    clients: { settle: { send } } as unknown as Clients,
    events: { queueSampled: () => undefined } as unknown as QueueParts['events'],
    readiness,
    gate: { admit: () => false, pass: async () => undefined },
    handle: () => Promise.reject(new Error('nothing is received')),
    handlingFailed: () => undefined,
    isolationBucket: { put: async () => 'written' },
    slotsBesides: () => 0,
  });
  const isReady = () => readiness.checks().find(({ name }) => name === 'queue')?.ok;
  return { isReady, sampler, send };
}

it('is not ready while the queue of a paused worker is away', async () => {
  const { isReady, sampler, send } = pausedWorker();
  sampler.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(isReady()).toBe(true);

  send.mockRejectedValue(new Error('connect ECONNREFUSED'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(isReady()).toBe(false);

  send.mockResolvedValue({ Attributes: counts });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(isReady()).toBe(true);
  sampler.stop();
});

it.each(['AccessDenied', 'AccessDeniedException'])(
  'is ready where a paused worker may not ask how many messages the queue holds (%s)',
  async (name) => {
    const { isReady, sampler, send } = pausedWorker();
    send.mockRejectedValue(
      Object.assign(new Error('not authorized to perform: sqs:GetQueueAttributes'), { name }),
    );

    sampler.start();
    await vi.advanceTimersByTimeAsync(0);

    expect(isReady()).toBe(true);
    sampler.stop();
  },
);
