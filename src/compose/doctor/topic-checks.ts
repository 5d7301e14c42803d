import { subscriptionsOf } from '../../aws/sns/subscriptions.ts';
import { judgeTopic } from '../../core/operate/doctor/judge-topic.ts';
import type { Check } from '../../core/operate/doctor/run-checks.ts';
import { ok, problemsOr, unknown, type Verdict } from '../../core/operate/doctor/verdict.ts';
import type { LookedAt } from './looked-at.ts';

/** Whether somebody hears what the service says. */
export function topicChecks({ clients, policy, settings, stack }: LookedAt): readonly Check[] {
  const judge = async (topic: string): Promise<Verdict> =>
    judgeTopic(await subscriptionsOf(await clients.sns(), topic), topic);
  return [
    {
      name: 'alert topic',
      async judge() {
        const { ALERT_TOPIC_ARN: topic } = settings;
        return topic === undefined
          ? unknown('ALERT_TOPIC_ARN is not set.', 'Name the stack: --stack.')
          : judge(topic);
      },
    },
    {
      name: 'alarm topic',
      async judge() {
        const topic = (await stack())?.['AlarmTopicArn'];
        return topic === undefined
          ? unknown(
              'Only the stack of data-plane.yaml names the topic of alarms.',
              'Name the stack: --stack.',
            )
          : judge(topic);
      },
    },
    {
      name: 'topics of rules',
      async judge() {
        const { document } = await policy();
        const topics = [...new Set(document.rules.flatMap(({ alert }) => alert ?? []))];
        return problemsOr(
          ok(topics.length === 0 ? 'none' : `${topics.length} confirmed`),
          await inTurn(topics, judge),
        );
      },
    },
  ];
}

async function inTurn<Item, Result>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await ask(item));
  return results;
}
