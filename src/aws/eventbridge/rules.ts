import {
  DescribeRuleCommand,
  type EventBridgeClient,
  ListRuleNamesByTargetCommand,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import type { RuleSeen } from '../../core/operate/doctor/judge-rules.ts';

/** Returns the rules that send to this target. Errors of the SDK are passed on. */
export async function rulesSendingTo(
  client: EventBridgeClient,
  targetArn: string,
): Promise<readonly RuleSeen[]> {
  const rules: RuleSeen[] = [];
  const { RuleNames = [] } = await client.send(new ListRuleNamesByTargetCommand({ TargetArn: targetArn }));
  for (const name of RuleNames) {
    const { EventPattern = '', State } = await client.send(new DescribeRuleCommand({ Name: name }));
    const { Targets = [] } = await client.send(new ListTargetsByRuleCommand({ Rule: name }));
    const ours = Targets.filter(({ Arn }) => Arn === targetArn);
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
