import {
  DescribeRuleCommand,
  type EventBridgeClient,
  ListRuleNamesByTargetCommand,
  ListTargetsByRuleCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import type { RuleSeen } from '../../core/operate/doctor/judge-rules.ts';
import { listOf, valueOf } from '../sdk/answered.ts';

/** Returns the rules that send to this target. Errors of the SDK are passed on. */
export async function rulesSendingTo(
  client: EventBridgeClient,
  targetArn: string,
): Promise<readonly RuleSeen[]> {
  const rules: RuleSeen[] = [];
  for (const name of await namesOfRules(client, targetArn)) {
    const { EventPattern = '', State } = await client.send(new DescribeRuleCommand({ Name: name }));
    const ours = (await targetsOf(client, name)).filter(({ Arn }) => Arn === targetArn);
    rules.push({
      name,
      isEnabled: valueOf(State, 'DescribeRule', 'state').startsWith('ENABLED'),
      pattern: EventPattern,
      targetId: ours[0]?.Id ?? '',
      changesInput: ours.some(({ Input, InputPath, InputTransformer }) =>
        [Input, InputPath, InputTransformer].some((each) => each !== undefined),
      ),
      keepsUndelivered: ours.every(({ DeadLetterConfig }) => DeadLetterConfig?.Arn !== undefined),
    });
  }
  return rules;
}

function namesOfRules(client: EventBridgeClient, TargetArn: string): Promise<readonly string[]> {
  return everyPage(async (NextToken) => {
    const page = await client.send(new ListRuleNamesByTargetCommand({ TargetArn, NextToken }));
    return { items: listOf(page.RuleNames, 'ListRuleNamesByTarget'), next: page.NextToken };
  });
}

function targetsOf(client: EventBridgeClient, Rule: string): Promise<readonly Target[]> {
  return everyPage(async (NextToken) => {
    const page = await client.send(new ListTargetsByRuleCommand({ Rule, NextToken }));
    return { items: listOf(page.Targets, 'ListTargetsByRule'), next: page.NextToken };
  });
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | undefined;
}

/** The SDK has no paginators for EventBridge. */
async function everyPage<Item>(
  ask: (token: string | undefined) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const all: Item[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await ask(token);
    all.push(...items);
    token = next;
  } while (token !== undefined);
  return all;
}
