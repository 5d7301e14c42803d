import type { Message as SqsMessage } from '@aws-sdk/client-sqs';
import { HandedBackError } from '../../core/errors.ts';
import type { Message, Settlement } from '../../core/message.ts';
import type { Slots } from '../../flow/slots.ts';
import type { MessageEnds } from './message-ends.ts';
import type { MessageInWork } from './message-in-work.ts';
import { receivedMessage } from './received-message.ts';

/**
 * Handles one message. Once the signal is aborted, the work stops at a point from which it can be resumed. `leaveSlot`
 * must be called before a wait that is no work: another message takes the slot, and the visibility timeout of the
 * waiting message is still extended.
 */
export type HandleMessage = (
  message: Message,
  signal: AbortSignal,
  leaveSlot: () => void,
) => Promise<ReportedSettlement>;

export type ReportedSettlement = Settlement & {
  /** Called when the message is in the dead-letter queue, or is left to the redrive policy. */
  readonly parked?: () => void;
};

export interface InFlightEvents {
  /** `earlier` is the same message from an earlier receive, which is still in work. */
  messageReceived(message: Message, earlier?: Message): void;
  inFlightChanged(count: number): void;
}

/** The messages in work. Each message has a slot of its own until it is settled. */
export interface InFlight {
  readonly messages: () => Iterable<MessageInWork>;
  /** Handles each message if it is `wanted`, and hands it back otherwise, or if it was handed back before. */
  take(received: readonly SqsMessage[], wanted: () => boolean): void;
  /** Interrupts all work and hands its messages back. The results of that work settle nothing any more. */
  handBackAll(): void;
  /** Resolves when no message is in work, in a slot or outside. */
  idle(): Promise<void>;
  /** Resolves when all messages are handed back. */
  allHandedBack(): Promise<void>;
}

export function createInFlight(
  slots: Slots,
  ends: MessageEnds,
  handle: HandleMessage,
  events: InFlightEvents,
): InFlight {
  const messages = new Map<string, MessageInWork>();
  const handingBack = new Set<Promise<void>>();

  const handBack = (given: readonly MessageInWork[]): void => {
    if (given.length === 0) return;
    const handedBack = ends.handBack(given).finally(() => handingBack.delete(handedBack));
    handingBack.add(handedBack);
  };

  let whenIdle = Promise.withResolvers<void>();
  whenIdle.resolve();

  const work = async (inWork: MessageInWork, leaveSlot: () => void): Promise<void> => {
    try {
      const ending = await handle(inWork.message, inWork.interruption.signal, leaveSlot);
      if (inWork.isHandedBack) return;
      if (ending.by === 'park') await ends.park(inWork, ending, ending.parked);
      else ends.acknowledge(inWork);
    } catch (error) {
      if (inWork.isHandedBack) return;
      if (error instanceof HandedBackError) {
        // A receive may bring the message again before SQS has answered.
        inWork.isHandedBack = true;
        await ends.handBack([inWork]);
      } else await ends.backOff(inWork, error);
    } finally {
      messages.delete(inWork.message.id);
      events.inFlightChanged(messages.size);
      if (messages.size === 0) whenIdle.resolve();
    }
  };

  /** Returns the message if it has to be handed back. */
  const takeOne = (received: SqsMessage, wanted: () => boolean): MessageInWork | undefined => {
    const message = receivedMessage(received);
    const receiptHandle = received.ReceiptHandle ?? '';
    const receivedAtMs = Date.now();
    const same = messages.get(message.id);
    if (same && !same.isHandedBack) {
      // The message was delivered again while in work here. The work continues, and only the newest receipt
      // handle extends and settles it. With several receives in flight, an older answer may arrive later.
      events.messageReceived(message, same.message);
      if (message.receiveCount >= same.message.receiveCount) {
        Object.assign(same, { message, receiptHandle, receivedAtMs });
      }
      return undefined;
    }
    const interruption = new AbortController();
    const inWork: MessageInWork = { message, receiptHandle, receivedAtMs, isHandedBack: false, interruption };
    // The results of interrupted work settle nothing, so another worker has to get the new delivery.
    if (same || !wanted()) return inWork;
    events.messageReceived(message);
    if (messages.size === 0) whenIdle = Promise.withResolvers();
    messages.set(message.id, inWork);
    events.inFlightChanged(messages.size);
    slots.run((leaveSlot) => work(inWork, leaveSlot));
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
    idle: () => whenIdle.promise,
    async allHandedBack() {
      await Promise.all(handingBack);
    },
  };
}
