import type { ReceiveMessageCommand, SQSClient, Message as SqsMessage } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { HandleMessage } from '../../../../src/aws/queue/in-flight.ts';
import { createQueue, type Queue } from '../../../../src/aws/queue/queue.ts';
import { HandedBackError } from '../../../../src/core/errors.ts';
import type { Gate } from '../../../../src/flow/gate.ts';
import { createFakeSqs, type FakeSqs } from '../../../support/fake-sqs.ts';

const openGate: Gate = { pass: async () => undefined, admit: () => true };
const never = () => new Promise<never>(() => undefined);

interface Setup {
  readonly handle: HandleMessage;
  readonly gate?: Gate;
  readonly settle?: FakeSqs;
  readonly concurrency?: number;
  readonly limit?: number;
}

/** A queue whose long polls end when the test delivers something. */
function open({ handle, gate = openGate, settle = createFakeSqs(), concurrency = 10, limit }: Setup) {
  const asked: number[] = [];
  const seen: string[] = [];
  let wake: (() => void)[] = [];
  const see = (what: string) => {
    seen.push(what);
    for (const resolve of wake.splice(0)) resolve();
  };
  let polls: ((messages: readonly SqsMessage[]) => void)[] = [];
  let undelivered: SqsMessage[] = [];
  let aborted = 0;
  const receive = {
    send: ({ input }: ReceiveMessageCommand, { abortSignal }: { abortSignal: AbortSignal }) =>
      new Promise((resolve, reject) => {
        asked.push(input.MaxNumberOfMessages ?? Number.NaN);
        see('asked');
        const answer = (Messages: readonly SqsMessage[]) => resolve({ Messages });
        abortSignal.addEventListener(
          'abort',
          () => {
            aborted += 1;
            reject(new Error('aborted'));
          },
          { once: true },
        );
        if (undelivered.length > 0) answer(undelivered.splice(0));
        else polls.push(answer);
      }),
  };
  const queue = createQueue(
    { receive: receive as unknown as SQSClient, settle: settle.client },
    handle,
    gate,
    {
      messageReceived: ({ id, receiveCount }) => see(`received ${id} ${receiveCount}`),
      inFlightChanged: () => undefined,
      polled: () => undefined,
      pollFailed: () => see('poll failed'),
      visibilityExtended: () => undefined,
      handlingFailed: ({ id }) => see(`failed ${id}`),
      settled: (how, { id }) => see(`${how} ${id}`),
      settlingFailed: (how, { id }) => see(`not ${how} ${id}`),
    },
    {
      queueUrl: 'url',
      deadLetterQueueUrl: 'dlq',
      concurrency,
      concurrencyLimit: () => limit ?? concurrency,
      visibilityTimeoutSeconds: 300,
      waitTimeSeconds: 20,
      backOff: { baseSeconds: 5, maxSeconds: 3_600 },
      keepBody: async () => 'rejected/x',
    },
  );
  queues.push(queue);
  queue.start();
  return {
    queue,
    settle,
    seen,
    /** How many messages each receive has asked for. */
    asked,
    /** How many receives were broken off. */
    aborted: () => aborted,
    deliver(...messages: SqsMessage[]) {
      undelivered.push(...messages);
      const [poll] = polls;
      polls = polls.slice(1);
      if (poll) poll(undelivered.splice(0));
    },
    async until(what: string, count = 1) {
      while (seen.filter((other) => other === what).length < count) {
        await new Promise<void>((resolve) => wake.push(resolve));
      }
    },
  };
}

const queues: Queue[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const queue of queues.splice(0)) {
    const drained = queue.drain(100);
    queue.hurry();
    await drained;
  }
});

function sqsMessage(id: string | undefined, receiptHandle: string, receiveCount = 1): SqsMessage {
  return {
    ...(id !== undefined && { MessageId: id }),
    ReceiptHandle: receiptHandle,
    Body: '{}',
    Attributes: { ApproximateReceiveCount: String(receiveCount), SentTimestamp: '0' },
  };
}

type Entries = readonly { readonly ReceiptHandle: string; readonly VisibilityTimeout?: number }[];
const entries = (sqs: FakeSqs, name: string) =>
  sqs.sent.filter((call) => call.name === name).flatMap(({ input }) => input['Entries'] as Entries);
const deleted = (sqs: FakeSqs) =>
  entries(sqs, 'DeleteMessageBatchCommand').map(({ ReceiptHandle }) => ReceiptHandle);
const hidden = (sqs: FakeSqs) =>
  entries(sqs, 'ChangeMessageVisibilityBatchCommand').map(
    ({ ReceiptHandle, VisibilityTimeout }) => [ReceiptHandle, VisibilityTimeout] as const,
  );

describe('a message', () => {
  it('that comes again while in work is worked on once, and settled by its newest handle', async () => {
    const end = Promise.withResolvers<void>();
    let handled = 0;
    const { deliver, until, settle } = open({
      async handle() {
        handled += 1;
        await end.promise;
        return { by: 'delete' };
      },
    });

    deliver(sqsMessage('m1', 'r1'));
    await until('received m1 1');
    deliver(sqsMessage('m1', 'r2', 2));
    await until('received m1 2');
    end.resolve();
    await until('delete m1');

    expect(handled).toBe(1);
    expect(deleted(settle)).toEqual(['r2']);
  });

  it('is held by its newest handle where the answer to an older receive comes later', async () => {
    const end = Promise.withResolvers<void>();
    const { deliver, until, settle } = open({
      async handle() {
        await end.promise;
        return { by: 'delete' };
      },
    });

    deliver(sqsMessage('m1', 'r2', 2));
    await until('received m1 2');
    deliver(sqsMessage('m1', 'r1', 1));
    await until('received m1 1');
    end.resolve();
    await until('delete m1');

    expect(deleted(settle)).toEqual(['r2']);
  });

  it('whose delete did not take is handled and deleted again', async () => {
    const { deliver, until, settle } = open({ handle: async () => ({ by: 'delete' }) });

    deliver(sqsMessage('m1', 'r1'));
    await until('delete m1');
    deliver(sqsMessage('m1', 'r2', 2));
    await until('delete m1', 2);

    expect(deleted(settle)).toEqual(['r1', 'r2']);
  });

  it('without an id is not taken for another one without an id', async () => {
    const handled: string[] = [];
    const { deliver, settle, queue } = open({
      async handle({ id }) {
        handled.push(id);
        return { by: 'delete' };
      },
    });

    deliver(sqsMessage(undefined, 'r1'), sqsMessage(undefined, 'r2'));
    await vi.waitFor(() => expect(handled).toHaveLength(2));
    const drained = queue.drain(1_000);
    deliver();
    await drained;

    expect(new Set(handled).size).toBe(2);
    expect(deleted(settle)).toEqual(['r1', 'r2']);
  });

  it('whose copy is left to be resumed is handed back at once, and counts as no failure', async () => {
    const { deliver, until, settle, seen } = open({
      handle: () => Promise.reject(new HandedBackError()),
    });

    deliver(sqsMessage('m1', 'r1', 7));
    await until('hand-back m1');

    expect(hidden(settle)).toEqual([['r1', 0]]);
    expect(seen).not.toContain('failed m1');
  });

  it('is stopped and handed back before SQS shows it to others after 12 hours', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    const { deliver, until, settle } = open({
      handle: (_, signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new HandedBackError())),
        ),
    });
    deliver(sqsMessage('m1', 'r1'));
    await until('received m1 1');

    await vi.advanceTimersByTimeAsync((12 * 60 - 8) * 60_000);
    await until('hand-back m1');

    expect(hidden(settle).at(-1)).toEqual(['r1', 0]);
  });

  it('is held for another 12 hours once it came again', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    const { deliver, until, settle } = open({ handle: never });
    deliver(sqsMessage('m1', 'r1'));
    await until('received m1 1');
    await vi.advanceTimersByTimeAsync((12 * 60 + 1) * 60_000);
    deliver(sqsMessage('m1', 'r2', 2));
    await until('received m1 2');

    await vi.advanceTimersByTimeAsync(2 * 60_000);

    expect(hidden(settle).at(-1)).toEqual(['r2', 300]);
  });

  it('that the gate does not admit is handed back, and not worked on', async () => {
    const handle = vi.fn<HandleMessage>(never);
    const { deliver, until, settle } = open({ handle, gate: { ...openGate, admit: () => false } });

    deliver(sqsMessage('m1', 'r1'));
    await until('hand-back m1');

    expect(hidden(settle)).toEqual([['r1', 0]]);
    expect(handle).not.toHaveBeenCalled();
  });
});

describe('a drain', () => {
  it('ends by its deadline even where SQS answers nothing', async () => {
    const settle = createFakeSqs(never);
    const { deliver, until, queue, seen } = open({
      settle,
      handle: ({ id }) => (id === 'done' ? Promise.resolve({ by: 'delete' }) : never()),
    });
    deliver(sqsMessage('done', 'r1'), sqsMessage('slow', 'r2'));
    await until('received slow 1');

    await queue.drain(400);

    expect(settle.sent.map(({ name }) => name)).toEqual([
      'DeleteMessageBatchCommand',
      'ChangeMessageVisibilityBatchCommand',
    ]);
    expect(seen).toContain('not delete done');
    expect(seen).toContain('not hand-back slow');
  });

  it('interrupts what cannot end in time, and then settles nothing more for it', async () => {
    const { deliver, until, queue, settle, seen } = open({
      handle: (_, signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve({ by: 'delete' }))),
    });
    deliver(sqsMessage('m1', 'r1'));
    await until('received m1 1');

    await queue.drain(200);

    expect(seen).toContain('hand-back m1');
    expect(hidden(settle)).toEqual([['r1', 0]]);
    expect(deleted(settle)).toEqual([]);
  });

  it('hands back in batches of ten', async () => {
    const { deliver, until, queue, settle } = open({ handle: never, concurrency: 30 });
    deliver(...Array.from({ length: 23 }, (_, index) => sqsMessage(`m${index}`, `r${index}`)));
    await until('received m22 1');

    await queue.drain(200);

    const calls = settle.sent.filter(({ name }) => name === 'ChangeMessageVisibilityBatchCommand');
    expect(calls.map(({ input }) => (input['Entries'] as Entries).length)).toEqual([10, 10, 3]);
  });

  it('hands back at once what a receive brings that was out', async () => {
    const { deliver, until, queue, settle, seen } = open({ handle: async () => ({ by: 'delete' }) });
    await until('asked');

    const drained = queue.drain(24 * 3_600_000);
    deliver(sqsMessage('m1', 'r1'), sqsMessage('m2', 'r2'));
    await drained;

    expect(seen).toEqual(['asked', 'hand-back m1', 'hand-back m2']);
    expect(hidden(settle)).toEqual([
      ['r1', 0],
      ['r2', 0],
    ]);
    expect(settle.sent).toHaveLength(1);
  });

  it('begins no receive, be it that a slot comes free', async () => {
    const end = Promise.withResolvers<void>();
    const { deliver, until, queue, asked } = open({
      concurrency: 1,
      async handle() {
        await end.promise;
        return { by: 'delete' };
      },
    });
    deliver(sqsMessage('m1', 'r1'));
    await until('received m1 1');

    const drained = queue.drain(24 * 3_600_000);
    end.resolve();
    await drained;

    expect(asked).toEqual([1]);
  });

  it('waits for a receive until two seconds before its deadline, then breaks it off', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { until, queue, aborted } = open({ handle: never });
    await until('asked');

    const drained = queue.drain(60_000);
    await vi.advanceTimersByTimeAsync(57_999);
    expect(aborted()).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    await drained;

    expect(aborted()).toBe(1);
  });

  it('that is hurried breaks off the receive that is out', async () => {
    const { until, queue, aborted } = open({ handle: never });
    await until('asked');

    const drained = queue.drain(24 * 3_600_000);
    queue.hurry();
    await drained;

    expect(aborted()).toBe(1);
  });

  it('that is hurried waits for work no longer', async () => {
    const { deliver, until, queue, seen } = open({ handle: never });
    deliver(sqsMessage('m1', 'r1'));
    await until('received m1 1');

    const drained = queue.drain(24 * 3_600_000);
    queue.hurry();
    await drained;

    expect(seen).toContain('hand-back m1');
  });
});

describe('the poll loop', () => {
  it('stands still only where it made no attempt for five minutes although a slot was free', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { deliver, until, queue } = open({ handle: never, concurrency: 1 });

    vi.advanceTimersByTime(5 * 60_000 - 1);
    expect(queue.isPolling()).toBe(true);
    vi.advanceTimersByTime(1);
    expect(queue.isPolling()).toBe(false);

    deliver(sqsMessage('m1', 'r1'));
    await until('received m1 1');
    expect(queue.isPolling()).toBe(true);
  });

  it('does not stand still at a shut gate, however long', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const gate = { pass: () => new Promise<void>(() => undefined), admit: () => false };
    const { queue } = open({ handle: async () => ({ by: 'delete' }), gate });

    vi.advanceTimersByTime(60 * 60_000);

    expect(queue.isPolling()).toBe(true);
  });

  it('does not stand still in the moment after a slot came free, however long all were busy', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const end = Promise.withResolvers<void>();
    const { deliver, until, queue } = open({
      async handle() {
        await end.promise;
        return { by: 'delete' };
      },
      concurrency: 1,
    });
    deliver(sqsMessage('m1', 'r1'));
    await until('received m1 1');
    vi.advanceTimersByTime(10 * 60_000);

    end.resolve();
    await until('delete m1');

    expect(queue.isPolling()).toBe(true);
  });

  it('rests between answers that are empty at once, and not after one that brought messages', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { deliver, until, asked } = open({ handle: async () => ({ by: 'delete' }) });

    await until('asked');
    deliver();
    await vi.advanceTimersByTimeAsync(99);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(asked).toHaveLength(2);

    deliver(sqsMessage('m1', 'r1'));
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toHaveLength(3);
  });

  it('waits at the gate before it receives', async () => {
    const gate = Promise.withResolvers<void>();
    const { deliver, until, seen } = open({
      handle: async () => ({ by: 'delete' }),
      gate: { ...openGate, pass: () => gate.promise },
    });

    deliver(sqsMessage('m1', 'r1'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([]);
    gate.resolve();
    await until('delete m1');
  });

  it('asks for as many messages as there are free slots, and waits where there is none', async () => {
    const ends: (() => void)[] = [];
    const { deliver, until, asked } = open({
      concurrency: 7,
      handle: () => new Promise((resolve) => ends.push(() => resolve({ by: 'delete' }))),
    });

    deliver(...tenMessages('a').slice(0, 7));
    await until('received a6 1');
    expect(asked).toEqual([7]);
    for (const end of ends.slice(0, 5)) end();
    await until('delete a4');
    deliver(sqsMessage('b', 'rb'));
    await until('received b 1');
    expect(asked.slice(0, 2)).toEqual([7, 5]);
  });

  it('asks for no more than may be in work while S3 throttles', async () => {
    const { until, asked } = open({ concurrency: 50, limit: 3, handle: never });

    await until('asked');

    expect(asked).toEqual([3]);
  });

  it('is several while answers are full, and one again when they are not', async () => {
    const { deliver, until, asked } = open({ concurrency: 60, handle: async () => ({ by: 'delete' }) });

    await until('asked', 1);
    deliver(...tenMessages('a'));
    await until('asked', 4);
    expect(asked).toEqual([10, 10, 10, 10]);

    // Three polls are out. Each gets one message; after that the first poller alone asks again.
    for (const id of ['b', 'c', 'd', 'e']) {
      deliver(sqsMessage(id, `r${id}`));
      await until(`delete ${id}`);
    }
    await until('asked', 6);
    expect(asked).toHaveLength(6);
  });
});

function tenMessages(name: string): SqsMessage[] {
  return Array.from({ length: 10 }, (_, index) => sqsMessage(`${name}${index}`, `r${name}${index}`));
}
