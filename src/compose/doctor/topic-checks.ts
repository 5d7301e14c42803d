import { subscriptionsOf } from '../../aws/sns/subscriptions.ts';
import { judgeTopic } from '../../core/operate/doctor/judge-topic.ts';
import type { Check } from '../../core/operate/doctor/run-checks.ts';
import type { LookedAt } from './looked-at.ts';

/** Whether somebody hears what the service says. */
export function topicChecks({ clients, settings }: LookedAt): readonly Check[] {
  const { ALERT_TOPIC_ARN: topic } = settings;
  return [
    {
      name: 'alert topic',
      judge: async () =>
        judgeTopic(topic === undefined ? undefined : await subscriptionsOf(await clients.sns(), topic)),
    },
  ];
}
