import type { Message as SqsMessage } from '@aws-sdk/client-sqs';
import { HandedBackError } from '../../core/errors.ts';
import type { Message, Settlement } from '../../core/message.ts';
import type { Slots } from '../../flow/slots.ts';
import { receivedMessage } from './received-message.ts';
import type { Entry, Settler } from './settle.ts';

/** The end of the work on one message. Once the signal is aborted it stops where it can be gone on with. */
export type HandleMessage = (message: Message, signal: AbortSignal) => Promise<Ending>;

export type Ending = Settlement & {
  /** Called where the message is to be parked: once it lies in the dead-letter queue, or its redrive policy is to park it. */
  readonly parked?: () => void;
};

export interface InFlightEvents {
  /** `earlier`: the same message, in work since it was received before. */
  messageReceived(message: Message, earlier?: Message): void;
  inFlightChanged(count: number): void;
}

/** The messages in work, each in a slot of its own until it is settled. */
export interface InFlight {
  readonly entries: () => Iterable<Entry>;
  /** Works on each where that is `wanted`, else hands it back. */
  take(received: readonly SqsMessage[], wanted: () => boolean): void;
  /** Interrupts all work and hands its messages back; what it comes to after that settles nothing. */
  abandon(): void;
  /** Resolves when all that was to be handed back is. */
  handedBack(): Promise<void>;
}

export function createInFlight(
  slots: Slots,
  settler: Settler,
  handle: HandleMessage,
  events: InFlightEvents,
): InFlight {
  const entries = new Map<string, Entry>();
  const handingBack = new Set<Promise<void>>();

  const handBack = (given: readonly Entry[]): void => {
    if (given.length === 0) return;
    const handedBack = settler.handBack(given).finally(() => handingBack.delete(handedBack));
    handingBack.add(handedBack);
  };

  const work = async (entry: Entry): Promise<void> => {
    try {
      const ending = await handle(entry.message, entry.interruption.signal);
      if (!entry.abandoned) await settler.settle(entry, ending, ending.parked);
    } catch (error) {
      if (entry.abandoned) return;
      if (error instanceof HandedBackError) await settler.handBack([entry]);
      else await settler.backOff(entry, error);
    } finally {
      entries.delete(entry.message.id);
      events.inFlightChanged(entries.size);
    }
  };

  /** Answers what is not wanted. */
  const takeOne = (received: SqsMessage, wanted: () => boolean): Entry | undefined => {
    const message = receivedMessage(received);
    const receiptHandle = received.ReceiptHandle ?? '';
    const receivedAtMs = Date.now();
    const same = entries.get(message.id);
    if (same) {
      // It came again while in work here: the work goes on, and only the newest handle holds and settles it.
      // With several receives out, an older answer may come later.
      events.messageReceived(message, same.message);
      if (message.receiveCount >= same.message.receiveCount) {
        Object.assign(same, { message, receiptHandle, receivedAtMs });
      }
      return undefined;
    }
    const interruption = new AbortController();
    const entry: Entry = { message, receiptHandle, receivedAtMs, abandoned: false, interruption };
    if (!wanted()) return entry;
    events.messageReceived(message);
    entries.set(message.id, entry);
    events.inFlightChanged(entries.size);
    slots.run(() => work(entry));
    return undefined;
  };

  return {
    entries: () => entries.values(),
    take(received, wanted) {
      handBack(received.flatMap((message) => takeOne(message, wanted) ?? []));
    },
    abandon() {
      const unfinished = [...entries.values()];
      for (const entry of unfinished) {
        entry.abandoned = true;
        entry.interruption.abort();
      }
      handBack(unfinished);
    },
    async handedBack() {
      await Promise.all(handingBack);
    },
  };
}
