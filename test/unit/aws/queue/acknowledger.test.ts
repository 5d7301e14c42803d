import { describe, expect, it } from 'vitest';
import { createAcknowledger } from '../../../../src/aws/queue/acknowledger.ts';
import { createFakeSqs } from '../../../support/fake-sqs.ts';

interface Entries {
  readonly Entries: readonly { readonly Id: string; readonly ReceiptHandle: string }[];
}
const entriesOf = (input: unknown) => (input as Entries).Entries;

function addMany(acknowledger: ReturnType<typeof createAcknowledger>, count: number) {
  const ends = new Map<string, 'deleted' | 'lost' | Error>();
  for (let index = 0; index < count; index += 1) {
    const receiptHandle = `r${index}`;
    acknowledger.add({ receiptHandle, done: (result) => void ends.set(receiptHandle, result) });
  }
  return ends;
}

describe('acknowledgements', () => {
  it('leave in batches of ten, and the rest with the flush', async () => {
    const { client, sent } = createFakeSqs();
    const acknowledger = createAcknowledger(client, 'url', new AbortController().signal);

    const ends = addMany(acknowledger, 23);
    await acknowledger.flush();

    expect(sent.map(({ input }) => entriesOf(input).length)).toEqual([10, 10, 3]);
    expect([...ends.values()]).toEqual(Array.from({ length: 23 }, () => 'deleted'));
  });

  it('that fail are sent again, alone, and the others are done', async () => {
    let attempts = 0;
    const { client, sent } = createFakeSqs(({ input }) => {
      attempts += 1;
      const failing = entriesOf(input).find(({ ReceiptHandle }) => ReceiptHandle === 'r1');
      return attempts === 1 && failing ? { Failed: [{ Id: failing.Id, Code: 'InternalError' }] } : {};
    });
    const acknowledger = createAcknowledger(client, 'url', new AbortController().signal);

    const ends = addMany(acknowledger, 3);
    await acknowledger.flush();

    expect(sent.map(({ input }) => entriesOf(input).map(({ ReceiptHandle }) => ReceiptHandle))).toEqual([
      ['r0', 'r1', 'r2'],
      ['r1'],
    ]);
    expect([...ends.values()]).toEqual(['deleted', 'deleted', 'deleted']);
  });

  it('that keep failing say so, each once', async () => {
    const { client, sent } = createFakeSqs(() => {
      throw new Error('away');
    });
    const acknowledger = createAcknowledger(client, 'url', new AbortController().signal);

    const ends = addMany(acknowledger, 2);
    await acknowledger.flush();

    expect(sent).toHaveLength(3);
    expect([...ends.values()].map((result) => (result instanceof Error ? result.message : result))).toEqual([
      'away',
      'away',
    ]);
  });

  it('are lost, and not sent again, where SQS no longer takes the receipt handle', async () => {
    const { client, sent } = createFakeSqs(() => ({
      Failed: [{ Id: '1', Code: 'ReceiptHandleIsInvalid', SenderFault: true }],
    }));
    const acknowledger = createAcknowledger(client, 'url', new AbortController().signal);

    const ends = addMany(acknowledger, 2);
    await acknowledger.flush();

    expect([...ends.values()]).toEqual(['deleted', 'lost']);
    expect(sent).toHaveLength(1);
  });

  it('are not believed where the answer does not name them, as that of a gateway', async () => {
    const { client, sent } = createFakeSqs(() => ({ Successful: [], Failed: [] }));
    const acknowledger = createAcknowledger(client, 'url', new AbortController().signal);

    const ends = addMany(acknowledger, 1);
    await acknowledger.flush();

    expect([...ends.values()]).toEqual([expect.objectContaining({ code: 'NoAnswer' })]);
    expect(sent).toHaveLength(3);
  });

  it('make no call at a flush if no acknowledgement waits', async () => {
    const { client, sent } = createFakeSqs();

    await createAcknowledger(client, 'url', new AbortController().signal).flush();

    expect(sent).toEqual([]);
  });
});
