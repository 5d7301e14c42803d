import { createHash } from 'node:crypto';
import type { Counter } from './counts.ts';
import { isOfLastAccount, messageBodies } from './messages.ts';
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
const heartbeatSeconds = 21_600;

/** A load of which nothing is acknowledged for so long fails. */
const patienceMs = 120_000;

export type Input = Readonly<Record<string, unknown>>;

/** One queue. Messages are never lost and never expire. */
export function createQueue(counter: Counter) {
  const visible: Waiting[] = [];
  const inFlight = new Map<string, Waiting>();
  const polls = new Set<Poll>();
  let bodies: Iterator<string> | undefined;
  let serial = 0;
  let receiptSerial = 0;
  let onDeleted: ((bodies: readonly string[]) => void) | undefined;
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
      return new Promise((resolve, reject) => {
        const stuck = setTimeout(() => reject(new Error('nothing was acknowledged for so long')), patienceMs);
        const times: number[] = [];
        let firstReceivedAt = Number.NaN;
        onReceived = () => {
          firstReceivedAt = performance.now();
          onReceived = undefined;
        };
        // The ten accounts take turns, so every tenth message is of the last account.
        const count = load.tenAccounts ? load.count - Math.floor(load.count / 10) : load.count;
        onDeleted = (bodies) => {
          for (const body of bodies) {
            if (!load.tenAccounts || !isOfLastAccount(body)) times.push(performance.now() - firstReceivedAt);
          }
          stuck.refresh();
          if (times.length < count) return;
          clearTimeout(stuck);
          onDeleted = undefined;
          const [from, to] = [Math.floor(count * 0.1), Math.ceil(count * 0.9) - 1];
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
      const handles = entries.map(({ ReceiptHandle }) => String(ReceiptHandle));
      const bodies = handles.flatMap((handle) => inFlight.get(handle)?.body ?? []);
      for (const handle of handles) inFlight.delete(handle);
      counter.deleted(entries.length);
      onDeleted?.(bodies);
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
