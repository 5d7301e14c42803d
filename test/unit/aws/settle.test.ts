import { describe, expect, it } from 'vitest';
import { createSettler, type Entry } from '../../../src/aws/settle.ts';
import { hideableSeconds } from '../../../src/aws/visibility.ts';
import { createFakeSqs, type FakeSqs } from '../../support/fake-sqs.ts';
import { message } from '../../support/findings.ts';

const hour = 60 * 60_000;

function entry(overrides: Partial<Entry> = {}): Entry {
  return {
    message: message(),
    receiptHandle: 'r1',
    receivedAtMs: Date.now(),
    abandoned: false,
    interruption: new AbortController(),
    ...overrides,
  };
}

function open(sqs: FakeSqs, signal = new AbortController().signal) {
  const seen: string[] = [];
  const settler = createSettler(
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
  return { settler, seen };
}

const timeoutOf = (sqs: FakeSqs) => {
  const entries = sqs.sent[0]?.input['Entries'] as readonly { readonly VisibilityTimeout: number }[];
  return entries[0]?.VisibilityTimeout;
};

describe('a message that failed', () => {
  it('waits no longer than SQS can still hide it', async () => {
    const sqs = createFakeSqs();
    const { settler, seen } = open(sqs);
    const late = entry({ receivedAtMs: Date.now() - 11 * hour });

    await settler.backOff(late, new Error('SlowDown'));

    expect(timeoutOf(sqs)).toBeLessThanOrEqual(hideableSeconds(late) + 1);
    expect(timeoutOf(sqs)).toBeGreaterThan(0);
    expect(seen).toContain('back-off');
  });

  it('comes again by itself where its handle was lost', async () => {
    const { settler, seen } = open(
      createFakeSqs(() => ({ Failed: [{ Id: '0', Code: 'ReceiptHandleIsInvalid', SenderFault: true }] })),
    );

    await settler.backOff(entry(), new Error('SlowDown'));

    expect(seen).toContain('not back-off');
  });

  it('is waited for no longer than the signal says', async () => {
    const { settler, seen } = open(
      createFakeSqs(() => new Promise(() => undefined)),
      AbortSignal.abort(),
    );

    await settler.handBack([entry()]);

    expect(seen).toEqual(['not hand-back']);
  });
});

describe('a message that is to be parked', () => {
  it('is acknowledged only where it was not handed back meanwhile', async () => {
    const handedBack = entry();
    const sqs = createFakeSqs(({ name }) => {
      if (name === 'SendMessageCommand') handedBack.abandoned = true;
      return {};
    });
    const { settler } = open(sqs);

    await settler.settle(handedBack, { by: 'park', outcome: 'refused', reason: 'sse-c' });
    await settler.flush();

    expect(sqs.sent.map(({ name }) => name)).toEqual(['SendMessageCommand']);
  });
});
