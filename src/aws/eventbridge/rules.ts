import {
  DescribeRuleCommand,
  type EventBridgeClient,
  ListRuleNamesByTargetCommand,
  ListTargetsByRuleCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import type { RuleSeen } from '../../core/operate/doctor/judge-rules.ts';

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
      isEnabled: State?.startsWith('ENABLED') === true,
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

/** The SDK has no paginators for EventBridge. */
async function namesOfRules(client: EventBridgeClient, TargetArn: string): Promise<readonly string[]> {
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListRuleNamesByTargetCommand({ TargetArn, NextToken }));
    names.push(...(page.RuleNames ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return names;
}

async function targetsOf(client: EventBridgeClient, Rule: string): Promise<readonly Target[]> {
  const targets: Target[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListTargetsByRuleCommand({ Rule, NextToken }));
    targets.push(...(page.Targets ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return targets;
}
