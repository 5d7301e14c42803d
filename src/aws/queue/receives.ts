import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { unlessAborted } from '../../flow/unless-aborted.ts';

/** The ReceiveMessage calls of all pollers. */
export interface Receives {
  /**
   * Returns the receiver of a poller, which has one call in flight at a time. `size` is evaluated just before
   * each call.
   */
  forPoller(size: () => number): Receiver;
  readonly stopping: AbortSignal;
  /** Starts no more calls. */
  stop(): void;
  /** Resolves when no call is in flight and all received messages are taken. */
  idle(): Promise<void>;
  /**
   * Aborts the calls in flight. Messages that SQS has already chosen for them stay invisible until the
   * visibility timeout.
   */
  abort(): void;
}

export interface Receiver {
  /** The part of a client that sqs-consumer uses. */
  readonly sqs: SQSClient;
  readonly sentAtMs: number;
  /** Must be called when the messages of a call are taken, or when the call failed. */
  ended(): void;
}

export function createReceives(client: SQSClient): Receives {
  const stopping = new AbortController();
  const aborting = new AbortController();
  const out = new Set<Receiver>();
  let waiting: (() => void)[] = [];

  return {
    forPoller(size) {
      let sentAtMs = performance.now();
      // sqs-consumer fixes the number of messages before its callback runs, and therefore before slots are
      // reserved.
      const send = async (command: ReceiveMessageCommand) => {
        stopping.signal.throwIfAborted();
        sentAtMs = performance.now();
        out.add(receiver);
        const receive = new ReceiveMessageCommand({ ...command.input, MaxNumberOfMessages: size() });
        const { signal } = aborting;
        return unlessAborted(signal, client.send(receive, { abortSignal: signal }));
      };
      const receiver: Receiver = {
        sqs: { send } as unknown as SQSClient,
        get sentAtMs() {
          return sentAtMs;
        },
        ended() {
          out.delete(receiver);
          if (out.size > 0) return;
          const woken = waiting;
          waiting = [];
          for (const wake of woken) wake();
        },
      };
      return receiver;
    },
    stopping: stopping.signal,
    stop: () => stopping.abort(),
    async idle() {
      if (out.size > 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    abort: () => aborting.abort(),
  };
}
