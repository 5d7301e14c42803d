import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ExtensionResult, startHeartbeat } from '../../../../src/aws/queue/heartbeat.ts';
import { extendableSeconds, type InvisibleMessage } from '../../../../src/aws/queue/visibility.ts';
import { createFakeSqs, type FakeSqs } from '../../../support/fake-sqs.ts';

const minute = 60_000;
const hour = 60 * minute;
const visibilityTimeoutSeconds = 300;
const beatMs = 100_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
});
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  vi.useRealTimers();
});

type Fake = InvisibleMessage & { receiptHandle: string; receivedAtMs: number };
const received = (name: string, agoMs = 0): Fake => ({
  receiptHandle: name,
  receivedAtMs: Date.now() - agoMs,
});

function start(sqs: FakeSqs, messages: readonly Fake[], timeout = visibilityTimeoutSeconds) {
  const results: ExtensionResult[] = [];
  const runningOut: string[] = [];
  const { stop } = startHeartbeat(sqs.client, 'url', timeout, () => messages, {
    extended: (result) => results.push(result),
    runningOut: ({ receiptHandle }) => runningOut.push(receiptHandle),
  });
  stops.push(stop);
  return { results, runningOut };
}

type Entries = readonly { readonly ReceiptHandle: string; readonly VisibilityTimeout: number }[];
const sentEntries = (sqs: FakeSqs) => sqs.sent.map(({ input }) => input['Entries'] as Entries);
const extended = (sqs: FakeSqs) =>
  sentEntries(sqs).map((entries) => entries.map(({ ReceiptHandle }) => ReceiptHandle));

describe('the heartbeat', () => {
  it('extends everything in flight three times in each timeout', async () => {
    const sqs = createFakeSqs();
    const { results } = start(sqs, [received('a'), received('b')]);

    await vi.advanceTimersByTimeAsync(3 * beatMs);

    expect(extended(sqs)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(results).toEqual(Array.from({ length: 6 }, () => 'extended'));
  });

  it('lets a batch that stalls hold up neither the others nor the next beat', async () => {
    const sqs = createFakeSqs(({ input }) => {
      const stalls = (input['Entries'] as Entries).some(({ ReceiptHandle }) => ReceiptHandle === 'm0');
      return stalls ? new Promise(() => undefined) : {};
    });
    const messages = Array.from({ length: 12 }, (_, index) => received(`m${index}`));
    const { results } = start(sqs, messages);

    await vi.advanceTimersByTimeAsync(2 * beatMs);

    expect(extended(sqs).map((handles) => handles[0])).toEqual(['m0', 'm10', 'm0', 'm10']);
    expect(results).toEqual(['extended', 'extended', 'extended', 'extended']);
  });

  it('extends no message that is to become visible, and tells which extension is under way', async () => {
    const answer = Promise.withResolvers<object>();
    const sqs = createFakeSqs(() => answer.promise);
    const [working, ending] = [received('working'), { ...received('ending'), isEnding: true }];
    const { results } = start(sqs, [working, ending]);

    await vi.advanceTimersByTimeAsync(beatMs);
    answer.resolve({});
    await working.extension;

    expect(extended(sqs)).toEqual([['working']]);
    expect(results).toEqual(['extended']);
    expect(ending.extension).toBeUndefined();
  });

  it('gives up a call before the next beat', async () => {
    const sqs = createFakeSqs(() => new Promise(() => undefined));
    // Beats of 30 real milliseconds: the limit of a call is no timer that could be faked.
    vi.useRealTimers();
    const { results } = start(sqs, [received('a')], 0.09);

    await vi.waitFor(() => expect(results).toContain('failed'));
  });

  it('leaves alone a handle that is no longer good, until the message comes with another', async () => {
    const message = received('old');
    const sqs = createFakeSqs(({ input }) => {
      const [entry] = input['Entries'] as Entries;
      return entry?.ReceiptHandle === 'old'
        ? { Failed: [{ Id: '0', Code: 'ReceiptHandleIsInvalid', SenderFault: true }] }
        : {};
    });
    const { results } = start(sqs, [message]);

    await vi.advanceTimersByTimeAsync(3 * beatMs);
    expect(results).toEqual(['lost']);
    message.receiptHandle = 'new';
    await vi.advanceTimersByTimeAsync(beatMs);

    expect(extended(sqs)).toEqual([['old'], ['new']]);
    expect(results).toEqual(['lost', 'extended']);
  });

  it('tries again what failed on the side of SQS', async () => {
    const sqs = createFakeSqs(() => ({ Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }] }));
    const { results } = start(sqs, [received('a')]);

    await vi.advanceTimersByTimeAsync(2 * beatMs);

    expect(results).toEqual(['failed', 'failed']);
  });

  it('tells before 12 hours are over, and never asks for more than SQS still allows', async () => {
    const sqs = createFakeSqs();
    const old = received('old', 12 * hour - 4 * minute);
    const { runningOut } = start(sqs, [old, received('young', 11 * hour)]);

    await vi.advanceTimersByTimeAsync(beatMs);

    expect(runningOut).toEqual(['old']);
    expect(sentEntries(sqs)).toEqual([
      [
        { Id: '0', ReceiptHandle: 'old', VisibilityTimeout: extendableSeconds(old) },
        { Id: '1', ReceiptHandle: 'young', VisibilityTimeout: 300 },
      ],
    ]);
    expect(extendableSeconds(old)).toBe(4 * 60 - 100 - 5);
  });

  it('does not miss the end of 12 hours where the timeout is 12 hours itself', async () => {
    const { runningOut } = start(createFakeSqs(), [received('a')], 12 * 3_600);

    await vi.advanceTimersByTimeAsync(11 * hour + 49 * minute);
    expect(runningOut).toEqual([]);
    await vi.advanceTimersByTimeAsync(6 * minute);

    expect(runningOut).toContain('a');
  });
});
