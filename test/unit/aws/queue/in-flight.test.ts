import type { Message as SqsMessage } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { createInFlight, type HandleMessage } from '../../../../src/aws/queue/in-flight.ts';
import type { MessageEnds } from '../../../../src/aws/queue/message-ends.ts';
import { HandedBackError } from '../../../../src/core/errors.ts';
import { createSlots } from '../../../../src/flow/slots.ts';

const never = () => new Promise<never>(() => undefined);
const delivery = (receiptHandle: string, receiveCount: number): SqsMessage => ({
  MessageId: 'm1',
  Body: '{}',
  ReceiptHandle: receiptHandle,
  Attributes: { ApproximateReceiveCount: `${receiveCount}` },
});

/** `handedBack` are the receipt handles, in their order. `answered` is awaited by each call that hands back. */
function createTaken(handle: HandleMessage, answered: () => Promise<void>) {
  const handedBack: string[] = [];
  const ends = {
    handBack(given) {
      handedBack.push(...given.map(({ receiptHandle }) => receiptHandle));
      return answered();
    },
  } satisfies Partial<MessageEnds> as Partial<MessageEnds> as MessageEnds;
  const events = { messageReceived: () => undefined, inFlightChanged: () => undefined };
  return {
    handedBack,
    inFlight: createInFlight(
      createSlots(() => 10),
      ends,
      handle,
      events,
    ),
  };
}

describe('a message that a receive brings again', () => {
  it('while its interrupted work still runs is handed back again', async () => {
    const { handedBack, inFlight } = createTaken(never, async () => undefined);
    inFlight.take([delivery('r1', 1)], () => true);
    inFlight.handBackAll();

    inFlight.take([delivery('r2', 2)], () => false);
    await inFlight.allHandedBack();

    expect(handedBack).toEqual(['r1', 'r2']);
  });

  it('before SQS has answered that its work handed it back is handed back again', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { handedBack, inFlight } = createTaken(
      () => Promise.reject(new HandedBackError('HandedBack', 'its text')),
      () => promise,
    );
    inFlight.take([delivery('r1', 1)], () => true);
    await expect.poll(() => handedBack).toEqual(['r1']);

    inFlight.take([delivery('r2', 2)], () => true);
    resolve();
    await inFlight.idle();

    expect(handedBack).toEqual(['r1', 'r2']);
  });
});
