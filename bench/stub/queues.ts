import { createHash } from 'node:crypto';
import type { Counter } from './counts.ts';
import { messageBodies } from './messages.ts';
import type { Load, LoadDone } from './protocol.ts';

interface Waiting {
  readonly id: string;
  readonly body: string;
  receiveCount: number;
}

interface Poll {
  readonly maximum: number;
  readonly answer: (messages: readonly object[]) => void;
}

/** Above this a changed visibility is a heartbeat; below, a back-off that brings the message again. */
const heartbeatSeconds = 43_200;

type Input = Readonly<Record<string, unknown>>;

/** SQS with as many queues as are named, for what the worker calls. Messages are never lost and never expire. */
export function createQueues(counter: Counter) {
  const queues = new Map<string, ReturnType<typeof createQueue>>();
  const named = (name: string) => {
    const known = queues.get(name) ?? createQueue(counter);
    queues.set(name, known);
    return known;
  };
  return {
    /** Resolves once every message of the load is deleted. */
    load: (load: Load): Promise<LoadDone> => named(load.queue).load(load),
    /** What is in flight becomes visible, as if its visibility timeout had run out. */
    redeliver: (queue: string): void => named(queue).redeliver(),
    /** The answer to one call; a receive may wait for messages as long as it asks to. */
    answer(operation: string, input: Input, onGone: (gone: () => void) => void): Promise<object> | object {
      const queue = named(String(input['QueueUrl']).split('/').at(-1) ?? '');
      switch (operation) {
        case 'ReceiveMessage':
          return queue.receive(
            Number(input['MaxNumberOfMessages']),
            Number(input['WaitTimeSeconds']),
            onGone,
          );
        case 'DeleteMessageBatch':
          return queue.remove(input['Entries'] as Input[]);
        case 'DeleteMessage':
          return queue.remove([{ ...input, Id: '0' }]);
        case 'ChangeMessageVisibilityBatch':
          return queue.hide(input['Entries'] as Input[]);
        default:
          return { Attributes: { ApproximateNumberOfMessages: String(queue.visible()) } };
      }
    },
  };
}

function createQueue(counter: Counter) {
  const visible: Waiting[] = [];
  const inFlight = new Map<string, Waiting>();
  const polls = new Set<Poll>();
  let bodies: Iterator<string> | undefined;
  let serial = 0;
  let receiptSerial = 0;
  let onDeleted: ((count: number) => void) | undefined;
  let onReceived: (() => void) | undefined;

  const next = (): Waiting | undefined => {
    const again = visible.pop();
    if (again) return again;
    const made = bodies?.next();
    if (made === undefined || made.done) return undefined;
    serial += 1;
    return { id: `message-${serial}`, body: made.value, receiveCount: 0 };
  };

  const take = (maximum: number): object[] => {
    const taken: object[] = [];
    for (let message = next(); message !== undefined; message = next()) {
      receiptSerial += 1;
      message.receiveCount += 1;
      const ReceiptHandle = `receipt-${receiptSerial}`;
      inFlight.set(ReceiptHandle, message);
      taken.push({
        MessageId: message.id,
        ReceiptHandle,
        Body: message.body,
        MD5OfBody: createHash('md5').update(message.body).digest('hex'),
        Attributes: {
          ApproximateReceiveCount: String(message.receiveCount),
          SentTimestamp: String(Date.now()),
        },
      });
      if (taken.length === maximum) break;
    }
    if (taken.length > 0) onReceived?.();
    return taken;
  };

  const wake = (): void => {
    for (const poll of polls) {
      const messages = take(poll.maximum);
      if (messages.length === 0) return;
      polls.delete(poll);
      poll.answer(messages);
    }
  };

  return {
    visible: () => visible.length,
    load(load: Load): Promise<LoadDone> {
      bodies = messageBodies(load);
      return new Promise((resolve) => {
        const times: number[] = [];
        let firstReceivedAt = Number.NaN;
        onReceived = () => {
          firstReceivedAt = performance.now();
          onReceived = undefined;
        };
        onDeleted = (count) => {
          for (let each = 0; each < count; each += 1) times.push(performance.now() - firstReceivedAt);
          if (times.length < load.count) return;
          onDeleted = undefined;
          const [from, to] = [Math.floor(load.count * 0.1), Math.ceil(load.count * 0.9) - 1];
          const seconds = ((times[to] ?? 0) - (times[from] ?? 0)) / 1000;
          resolve({ totalMs: times.at(-1) ?? 0, perSecond: (to - from) / seconds });
        };
        wake();
      });
    },
    redeliver() {
      visible.push(...inFlight.values());
      inFlight.clear();
      wake();
    },
    async receive(maximum: number, waitSeconds: number, onGone: (gone: () => void) => void) {
      let messages: readonly object[] = take(maximum);
      if (messages.length === 0 && waitSeconds > 0) {
        const waited = Promise.withResolvers<readonly object[]>();
        const poll = { maximum, answer: waited.resolve };
        polls.add(poll);
        const timer = setTimeout(() => waited.resolve([]), waitSeconds * 1000);
        onGone(() => waited.resolve([]));
        messages = await waited.promise;
        clearTimeout(timer);
        polls.delete(poll);
      }
      counter.received(messages.length);
      return { Messages: messages };
    },
    remove(entries: readonly Input[]) {
      const known = entries.filter(({ ReceiptHandle }) => inFlight.delete(String(ReceiptHandle)));
      counter.deleted(entries.length);
      onDeleted?.(known.length);
      return { Successful: entries.map(({ Id }) => ({ Id })), Failed: [] };
    },
    hide(entries: readonly Input[]) {
      for (const { ReceiptHandle, VisibilityTimeout } of entries) {
        const handle = String(ReceiptHandle);
        const message = inFlight.get(handle);
        if (message === undefined || Number(VisibilityTimeout) >= heartbeatSeconds) continue;
        inFlight.delete(handle);
        setTimeout(() => {
          visible.push(message);
          wake();
        }, Number(VisibilityTimeout) * 1000);
      }
      return { Successful: entries.map(({ Id }) => ({ Id })), Failed: [] };
    },
  };
}
