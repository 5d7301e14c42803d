import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { createOutcomeBus } from '../../../../src/aws/eventbridge/outcome-bus.ts';
import type { OutcomeEvent } from '../../../../src/core/outcome-event.ts';

const event = { outcome: 'gone', recorded_at: '2026-11-20T20:00:00.000Z' } as OutcomeEvent;

function busThatAnswers(answer: object) {
  const client = { send: async () => answer } as unknown as EventBridgeClient;
  return createOutcomeBus(async () => client, 'arn:aws:events:us-east-1:111122223333:event-bus/outcomes');
}

describe('an event', () => {
  it('is sent once the bus has given it an id', async () => {
    await busThatAnswers({ FailedEntryCount: 0, Entries: [{ EventId: 'e1' }] }).send(event);
  });

  it.each([
    [
      'a failed entry',
      { FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] },
      'ThrottlingException',
    ],
    ['a count alone', { FailedEntryCount: 1, Entries: [{ EventId: 'e1' }] }, 'AnswerWithoutEventId'],
    ['no entry', { FailedEntryCount: 0, Entries: [] }, 'AnswerWithoutEventId'],
    ["a proxy's page", {}, 'AnswerWithoutEventId'],
  ])('is not sent after %s', async (_, answer, code) => {
    await expect(busThatAnswers(answer).send(event)).rejects.toMatchObject({ code });
  });
});
