import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { RetryableError } from '../../core/errors.ts';
import type { OutcomeBus } from '../../core/outcome-event.ts';
import { detailTypeOf, eventSource } from '../../core/outcome-event.ts';
import { retryable } from '../sdk/aws-errors.ts';

/** An event that takes longer counts as failed, so that a slow bus cannot hold the slots of the queue. */
const sendTimeoutMs = 5_000;

/** Sends each outcome to one bus of EventBridge. */
export function createOutcomeBus(client: () => Promise<EventBridgeClient>, busArn: string): OutcomeBus {
  return {
    async send(event) {
      const command = new PutEventsCommand({
        Entries: [
          {
            EventBusName: busArn,
            Source: eventSource,
            DetailType: detailTypeOf(event),
            Time: new Date(event.recorded_at),
            Detail: JSON.stringify(event),
          },
        ],
      });
      try {
        const answer = await (await client()).send(command, {
          abortSignal: AbortSignal.timeout(sendTimeoutMs),
        });
        // EventBridge answers 200 to entries that it does not accept.
        const [entry] = answer.Entries ?? [];
        if (answer.FailedEntryCount === 0 && entry?.EventId !== undefined) return;
        throw new RetryableError(
          entry?.ErrorCode ?? 'AnswerWithoutEventId',
          'the bus did not accept the event',
        );
      } catch (error) {
        throw retryable(error, 'PutEvents');
      }
    },
  };
}
