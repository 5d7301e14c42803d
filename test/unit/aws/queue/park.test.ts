import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Parking, park, parkingAttributes } from '../../../../src/aws/queue/park.ts';
import { createFakeSqs } from '../../../support/fake-sqs.ts';
import { message } from '../../../support/findings.ts';

const parking: Parking = { by: 'park', outcome: 'refused', reason: 'sse-c', findingId: 'f1' };
const keep = async (_body: string, sha256: string) => `rejected/${sha256}`;
const text = (value: string) => ({ DataType: 'String', StringValue: value });

describe('a parked message', () => {
  it('goes to the dead-letter queue with its body and four attributes', async () => {
    const { client, sent } = createFakeSqs();

    await park(client, 'dlq', message({ id: 'm1', body: 'body' }), parking, keep);

    expect(sent).toEqual([
      {
        name: 'SendMessageCommand',
        input: {
          QueueUrl: 'dlq',
          MessageBody: 'body',
          MessageAttributes: {
            Reason: text('sse-c'),
            Outcome: text('refused'),
            FindingId: text('f1'),
            SourceMessageId: text('m1'),
          },
        },
      },
    ]);
  });

  it('keeps the mark of a backfill, which it will be when somebody moves it back', async () => {
    const { client, sent } = createFakeSqs();

    await park(client, 'dlq', message({ origin: 'backfill' }), parking, keep);

    expect(sent[0]?.input).toMatchObject({ MessageAttributes: { Origin: text('backfill') } });
  });

  it('goes as a stub where body and attributes exceed the limit together, its body kept elsewhere', async () => {
    const { client, sent } = createFakeSqs();
    const body = 'x'.repeat(1_048_576);

    await park(client, 'dlq', message({ id: 'm1', body }), parking, keep);

    const sha256 = createHash('sha256').update(body).digest('hex');
    expect(JSON.parse(String(sent[0]?.input['MessageBody']))).toEqual({
      sha256,
      size_bytes: 1_048_576,
      source_message_id: 'm1',
      reason: 'sse-c',
      kept_at: `rejected/${sha256}`,
    });
  });

  it('goes as a stub where the dead-letter queue takes less than SQS does', async () => {
    const { client, sent } = createFakeSqs(({ input }) => {
      if (input['MessageBody'] === 'body')
        throw Object.assign(new Error(), { name: 'InvalidParameterValue' });
      return {};
    });

    await park(client, 'dlq', message({ id: 'm1', body: 'body' }), parking, keep);

    expect(JSON.parse(String(sent[1]?.input['MessageBody']))).toMatchObject({ source_message_id: 'm1' });
  });

  it('is not parked at all where the dead-letter queue cannot be reached', async () => {
    const { client, sent } = createFakeSqs(() => {
      throw Object.assign(new Error('slow down'), { name: 'RequestThrottled' });
    });

    await expect(park(client, 'dlq', message(), parking, keep)).rejects.toThrow('slow down');
    expect(sent).toHaveLength(1);
  });

  it('is not parked at all where its body its body cannot be kept', async () => {
    const { client, sent } = createFakeSqs();
    const fails = () => Promise.reject(new Error('bucket away'));

    await expect(
      park(client, 'dlq', message({ body: 'x'.repeat(1_048_576) }), parking, fails),
    ).rejects.toThrow('bucket away');
    expect(sent).toEqual([]);
  });

  it('leaves out attributes that have no value', () => {
    const { findingId: _, ...nameless } = parking;

    expect(Object.keys(parkingAttributes(message(), nameless))).toEqual([
      'Reason',
      'Outcome',
      'SourceMessageId',
    ]);
  });

  it('strips what SQS refuses, and cuts values to 256 characters without splitting one', () => {
    const reason = `\u0000\u0008a\ud800b${'🏥'.repeat(300)}`;
    const value = parkingAttributes(message(), { ...parking, reason })['Reason']?.StringValue ?? '';

    expect([...value]).toHaveLength(256);
    expect(value.startsWith('a\ufffdb🏥')).toBe(true);
    expect(value.isWellFormed()).toBe(true);
  });
});
