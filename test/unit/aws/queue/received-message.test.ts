import { describe, expect, it } from 'vitest';
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

  it('needs attributes that are asked for', () => {
    expect(messageAttributes).toEqual(['Origin', 'Reason', 'Replays']);
  });
});
