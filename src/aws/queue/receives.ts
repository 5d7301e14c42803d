import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { unlessAborted } from '../../flow/unless-aborted.ts';

/** The ReceiveMessage calls of all pollers. */
export interface Receives {
  /** For one poller, which has one call out at a time. `size` is asked just before each call. */
  forPoller(size: () => number): Receiver;
  readonly stopping: AbortSignal;
  /** No call begins any more. */
  stop(): void;
  /** Resolves when no call is out and what each brought is taken. */
  idle(): Promise<void>;
  /** Breaks off the calls that are out: SQS hides what it has chosen for them until the visibility timeout. */
  abort(): void;
}

export interface Receiver {
  /** The part of a client that sqs-consumer uses. */
  readonly sqs: SQSClient;
  readonly sentAtMs: number;
  /** To be called when what a call brought is taken, or when it failed. */
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
      // sqs-consumer fixes the number of messages before its callback runs, and so before places are reserved.
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
