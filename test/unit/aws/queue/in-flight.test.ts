import type { Message as SqsMessage } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { createInFlight } from '../../../../src/aws/queue/in-flight.ts';
import type { MessageEnds } from '../../../../src/aws/queue/message-ends.ts';
import { createSlots } from '../../../../src/flow/slots.ts';

const never = () => new Promise<never>(() => undefined);
const delivery = (receiptHandle: string, receiveCount: number): SqsMessage => ({
  MessageId: 'm1',
  Body: '{}',
  ReceiptHandle: receiptHandle,
  Attributes: { ApproximateReceiveCount: `${receiveCount}` },
});

it('hands a message back again that a receive brings while its interrupted work still runs', async () => {
  const handedBack: string[] = [];
  const ends = {
    handBack: async (given) => void handedBack.push(...given.map(({ receiptHandle }) => receiptHandle)),
  } satisfies Partial<MessageEnds> as Partial<MessageEnds> as MessageEnds;
  const inFlight = createInFlight(
    createSlots(() => 10),
    ends,
    never,
    {
      messageReceived: () => undefined,
      inFlightChanged: () => undefined,
    },
  );
  inFlight.take([delivery('r1', 1)], () => true);
  inFlight.handBackAll();

  inFlight.take([delivery('r2', 2)], () => false);
  await inFlight.allHandedBack();

  expect(handedBack).toEqual(['r1', 'r2']);
});
