import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { messageAttributes, receivedMessage } from '../../../../src/aws/queue/received-message.ts';

const text = (StringValue: string) => ({ DataType: 'String', StringValue });

describe('a received message', () => {
  it.each([
    ['that was sent by the rule', {}, undefined],
    ['that is a backfill', { Origin: text('backfill') }, 'backfill'],
    ['that is a replay', { Origin: text('replay') }, 'replay'],
    ['that was parked and moved back', { Reason: text('locked'), Outcome: text('retained') }, 'replay'],
    [
      'of a backfill that was parked and moved back',
      { Reason: text('x'), Origin: text('backfill') },
      'replay',
    ],
  ])('%s: its origin is known', (_, MessageAttributes, origin) => {
    expect(receivedMessage({ MessageId: 'm', MessageAttributes }).origin).toBe(origin);
  });

  it.each([
    ['1', 1],
    ['27', 27],
    ['0', 1],
    ['-1', 1],
    ['2.5', 1],
    ['NaN', 1],
    ['many', 1],
    ['', 1],
    ['1e3', 1],
    ['12345678901', 1],
    [undefined, 1],
  ])('has a receive count, which is 1 where it cannot be read: %j', (count, receiveCount) => {
    const Attributes = count === undefined ? {} : { ApproximateReceiveCount: count };

    expect(receivedMessage({ MessageId: 'm', Attributes })).toMatchObject({ receiveCount });
  });

  it('has the time at which SQS says that it was sent', () => {
    const Attributes = { SentTimestamp: '1795377600000' };

    expect(receivedMessage({ MessageId: 'm', Attributes }).sentAt).toEqual(
      new Date('2026-11-22T20:00:00.000Z'),
    );
  });

  describe('without a time of sending that can be read', () => {
    const now = new Date('2026-11-24T08:00:00.000Z');
    beforeEach(() => void vi.useFakeTimers({ now }));
    afterEach(() => void vi.useRealTimers());

    it.each(['soon', '', '-1', '1e99', '8640000000000001', '0', undefined])('was sent now: %j', (sent) => {
      const Attributes = sent === undefined ? {} : { SentTimestamp: sent };

      expect(receivedMessage({ MessageId: 'm', Attributes }).sentAt).toEqual(now);
    });
  });

  it('needs attributes that are asked for', () => {
    expect(messageAttributes).toEqual(['Origin', 'Reason', 'Replays']);
  });
});
