import type { Message as SqsMessage } from '@aws-sdk/client-sqs';
import { HandedBackError } from '../../core/errors.ts';
import type { Message, Settlement } from '../../core/message.ts';
import type { Slots } from '../../flow/slots.ts';
import { receivedMessage } from './received-message.ts';
import type { MessageInWork, Settler } from './settle.ts';

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
  readonly messages: () => Iterable<MessageInWork>;
  /** Works on each where that is `wanted`, else hands it back. */
  take(received: readonly SqsMessage[], wanted: () => boolean): void;
  /** Interrupts all work and hands its messages back; what it comes to after that settles nothing. */
  handBackAll(): void;
  /** Resolves when all that was to be handed back is. */
  allHandedBack(): Promise<void>;
}

export function createInFlight(
  slots: Slots,
  settler: Settler,
  handle: HandleMessage,
  events: InFlightEvents,
): InFlight {
  const messages = new Map<string, MessageInWork>();
  const handingBack = new Set<Promise<void>>();

  const handBack = (given: readonly MessageInWork[]): void => {
    if (given.length === 0) return;
    const handedBack = settler.handBack(given).finally(() => handingBack.delete(handedBack));
    handingBack.add(handedBack);
  };

  const work = async (inWork: MessageInWork): Promise<void> => {
    try {
      const ending = await handle(inWork.message, inWork.interruption.signal);
      if (!inWork.isHandedBack) await settler.settle(inWork, ending, ending.parked);
    } catch (error) {
      if (inWork.isHandedBack) return;
      if (error instanceof HandedBackError) await settler.handBack([inWork]);
      else await settler.backOff(inWork, error);
    } finally {
      messages.delete(inWork.message.id);
      events.inFlightChanged(messages.size);
    }
  };

  /** Answers what is not wanted. */
  const takeOne = (received: SqsMessage, wanted: () => boolean): MessageInWork | undefined => {
    const message = receivedMessage(received);
    const receiptHandle = received.ReceiptHandle ?? '';
    const receivedAtMs = Date.now();
    const same = messages.get(message.id);
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
    const inWork: MessageInWork = { message, receiptHandle, receivedAtMs, isHandedBack: false, interruption };
    if (!wanted()) return inWork;
    events.messageReceived(message);
    messages.set(message.id, inWork);
    events.inFlightChanged(messages.size);
    slots.run(() => work(inWork));
    return undefined;
  };

  return {
    messages: () => messages.values(),
    take(received, wanted) {
      handBack(received.flatMap((message) => takeOne(message, wanted) ?? []));
    },
    handBackAll() {
      const unfinished = [...messages.values()];
      for (const inWork of unfinished) {
        inWork.isHandedBack = true;
        inWork.interruption.abort();
      }
      handBack(unfinished);
    },
    async allHandedBack() {
      await Promise.all(handingBack);
    },
  };
}
