import { rulesSendingTo } from '../../aws/eventbridge/rules.ts';
import { judgeQueuePolicy, judgeRedrive, judgeRetention } from '../../core/operate/doctor/judge-queue.ts';
import { judgeRules } from '../../core/operate/doctor/judge-rules.ts';
import type { Check } from '../../core/operate/doctor/run-checks.ts';
import { unknown } from '../../core/operate/doctor/verdict.ts';
import type { LookedAt } from './looked-at.ts';

/** The way of a finding from EventBridge to the worker. */
export function queueChecks({ clients, queue, settings }: LookedAt): readonly Check[] {
  const { DEAD_LETTER_QUEUE_URL: deadLetters, PARK_AFTER_RECEIVES, QUEUE_URL } = settings;
  return [
    {
      name: 'rule',
      async judge() {
        const { QueueArn = '' } = await queue(QUEUE_URL);
        return judgeRules(await rulesSendingTo(await clients.events(), QueueArn));
      },
    },
    { name: 'queue policy', judge: async () => judgeQueuePolicy(await queue(QUEUE_URL)) },
    {
      name: 'queue redrive',
      async judge() {
        const arn = deadLetters === undefined ? undefined : (await queue(deadLetters))['QueueArn'];
        return judgeRedrive(await queue(QUEUE_URL), arn, PARK_AFTER_RECEIVES);
      },
    },
    { name: 'queue retention', judge: async () => judgeRetention(await queue(QUEUE_URL), 7) },
    {
      name: 'dead-letter retention',
      judge: async () =>
        deadLetters === undefined
          ? unknown('DEAD_LETTER_QUEUE_URL is not set.')
          : judgeRetention(await queue(deadLetters), 14),
    },
  ];
}
