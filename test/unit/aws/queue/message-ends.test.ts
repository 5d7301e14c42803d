import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createMessageEnds, type MessageEnds } from '../../../../src/aws/queue/message-ends.ts';
import type { MessageInWork } from '../../../../src/aws/queue/message-in-work.ts';
import { extendableSeconds } from '../../../../src/aws/queue/visibility.ts';
import { createFakeSqs, type FakeSqs } from '../../../support/fake-sqs.ts';
import { message } from '../../../support/findings.ts';

const hour = 60 * 60_000;

function messageInWork(overrides: Partial<MessageInWork> = {}): MessageInWork {
  return {
    message: message(),
    receiptHandle: 'r1',
    receivedAtMs: Date.now(),
    isHandedBack: false,
    interruption: new AbortController(),
    ...overrides,
  };
}

function open(sqs: FakeSqs, signal = new AbortController().signal) {
  const seen: string[] = [];
  const ends = createMessageEnds(
    sqs.client,
    {
      handlingFailed: (_, __, seconds) => seen.push(`again in ${seconds}`),
      settled: (how) => seen.push(how),
      settlingFailed: (how) => seen.push(`not ${how}`),
    },
    {
      queueUrl: 'url',
      deadLetterQueueUrl: 'dlq',
      backOff: { baseSeconds: 43_200, maxSeconds: 43_200 },
      keepBody: async () => 'rejected/x',
    },
    signal,
  );
  return { ends, seen };
}

const timeoutOf = (sqs: FakeSqs) => {
  const entries = sqs.sent[0]?.input['Entries'] as readonly { readonly VisibilityTimeout: number }[];
  return entries[0]?.VisibilityTimeout;
};

describe('a message that failed', () => {
  it('waits no longer than SQS can still hide it', async () => {
    const sqs = createFakeSqs();
    const { ends, seen } = open(sqs);
    const late = messageInWork({ receivedAtMs: Date.now() - 11 * hour });

    await ends.backOff(late, new Error('SlowDown'));

    expect(timeoutOf(sqs)).toBeLessThanOrEqual(extendableSeconds(late) + 1);
    expect(timeoutOf(sqs)).toBeGreaterThan(0);
    expect(seen).toContain('back-off');
  });

  it('comes again by itself where its handle was lost', async () => {
    const { ends, seen } = open(
      createFakeSqs(() => ({ Failed: [{ Id: '0', Code: 'ReceiptHandleIsInvalid', SenderFault: true }] })),
    );

    await ends.backOff(messageInWork(), new Error('SlowDown'));

    expect(seen).toContain('lost');
    expect(seen).not.toContain('back-off');
  });

  it.each<[string, (ends: MessageEnds, inWork: MessageInWork) => Promise<void>]>([
    ['backed off', (ends, inWork) => ends.backOff(inWork, new Error('SlowDown'))],
    ['handed back', (ends, inWork) => ends.handBack([inWork])],
  ])('is %s after an extension that is under way, and is extended no more', async (_, end) => {
    const sqs = createFakeSqs();
    const { ends } = open(sqs);
    const extension = Promise.withResolvers<void>();
    const inWork = messageInWork({ extension: extension.promise });

    const ended = end(ends, inWork);
    await setImmediate();

    expect(sqs.sent).toEqual([]);
    expect(inWork.isEnding).toBe(true);

    extension.resolve();
    await ended;

    expect(sqs.sent.map(({ name }) => name)).toEqual(['ChangeMessageVisibilityBatchCommand']);
  });

  it('waits for no extension that has stalled', async () => {
    const sqs = createFakeSqs();
    const { ends, seen } = open(sqs);

    await ends.backOff(messageInWork({ extension: new Promise(() => undefined) }), new Error('SlowDown'));

    expect(seen).toContain('back-off');
  });

  it('is waited for no longer than the signal says', async () => {
    const { ends, seen } = open(
      createFakeSqs(() => new Promise(() => undefined)),
      AbortSignal.abort(),
    );

    await ends.handBack([messageInWork()]);

    expect(seen).toEqual(['not hand-back']);
  });
});

describe('a message whose receipt handle is lost', () => {
  it('is not acknowledged by it, although SQS answers that it deleted it', async () => {
    const sqs = createFakeSqs();
    const { ends, seen } = open(sqs);

    ends.acknowledge(messageInWork({ receiptHandle: 'r1', lostReceiptHandle: 'r1' }));
    await ends.flush();

    expect(sqs.sent.map(({ name }) => name)).toEqual(['DeleteMessageBatchCommand']);
    expect(seen).toEqual(['lost']);
  });

  it('is acknowledged by a newer receipt handle', async () => {
    const { ends, seen } = open(createFakeSqs());

    ends.acknowledge(messageInWork({ receiptHandle: 'r2', lostReceiptHandle: 'r1' }));
    await ends.flush();

    expect(seen).toEqual(['delete']);
  });

  it('is lost where SQS says so only when it is to be deleted', async () => {
    const { ends, seen } = open(
      createFakeSqs(() => ({ Failed: [{ Id: '0', Code: 'ReceiptHandleIsInvalid', SenderFault: true }] })),
    );

    ends.acknowledge(messageInWork());
    await ends.flush();

    expect(seen).toEqual(['lost']);
  });
});

describe('a message that is to be parked', () => {
  it('is acknowledged only where it was not handed back meanwhile', async () => {
    const handedBack = messageInWork();
    const sqs = createFakeSqs(({ name }) => {
      if (name === 'SendMessageCommand') handedBack.isHandedBack = true;
      return {};
    });
    const { ends } = open(sqs);

    await ends.park(handedBack, { by: 'park', outcome: 'refused', reason: 'sse-c' });
    await ends.flush();

    expect(sqs.sent.map(({ name }) => name)).toEqual(['SendMessageCommand']);
  });

  it('stays where what answers the sending names no message', async () => {
    const sqs = createFakeSqs(() => ({ MessageId: undefined }));
    const { ends, seen } = open(sqs);

    await expect(
      ends.park(messageInWork(), { by: 'park', outcome: 'refused', reason: 'sse-c' }),
    ).rejects.toMatchObject({ code: 'NoMessageId' });
    await ends.flush();

    expect(sqs.sent.map(({ name }) => name)).toEqual(['SendMessageCommand']);
    expect(seen).toEqual([]);
  });
});
