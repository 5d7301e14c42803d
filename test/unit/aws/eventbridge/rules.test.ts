import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { expect, it } from 'vitest';
import { rulesSendingTo } from '../../../../src/aws/eventbridge/rules.ts';

const queue = 'arn:aws:sqs:us-east-1:111122223333:findings';

/** Answers with one rule or target a page. */
function eventBridgeOf(
  rules: Readonly<Record<string, readonly { Id: string; Arn: string; Input?: string }[]>>,
) {
  const pageOf = <Item>(items: readonly Item[], token: string | undefined) => {
    const at = Number(token ?? 0);
    return { items: items.slice(at, at + 1), NextToken: at + 1 < items.length ? `${at + 1}` : undefined };
  };
  const send = async ({ constructor, input }: { input: { Rule?: string; NextToken?: string } }) => {
    if (constructor.name === 'DescribeRuleCommand') return { EventPattern: '{}', State: 'ENABLED' };
    if (constructor.name === 'ListTargetsByRuleCommand') {
      const { items, NextToken } = pageOf(rules[input.Rule ?? ''] ?? [], input.NextToken);
      return { Targets: items, NextToken };
    }
    const { items, NextToken } = pageOf(Object.keys(rules), input.NextToken);
    return { RuleNames: items, NextToken };
  };
  return { send } as unknown as EventBridgeClient;
}

it('reads all pages of the rules of a queue, and of the targets of a rule', async () => {
  const other = { Id: 'other', Arn: 'arn:aws:sns:us-east-1:111122223333:topic' };
  const client = eventBridgeOf({
    ours: [{ Id: 'findings-queue', Arn: queue }],
    foreign: [other, { Id: 'x', Arn: queue, Input: '{}' }],
  });

  expect(await rulesSendingTo(client, queue)).toMatchObject([
    { name: 'ours', targetId: 'findings-queue', changesInput: false },
    { name: 'foreign', targetId: 'x', changesInput: true },
  ]);
});
