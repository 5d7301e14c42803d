import {
  DescribeRuleCommand,
  type EventBridgeClient,
  ListRuleNamesByTargetCommand,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import type { RuleSeen } from '../../core/operate/doctor/judge-macie.ts';

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
    const changesInput = Targets.some(
      ({ Arn, Input, InputPath, InputTransformer }) =>
        Arn === targetArn && [Input, InputPath, InputTransformer].some((each) => each !== undefined),
    );
    rules.push({ name, isEnabled: State === 'ENABLED', pattern: EventPattern, changesInput });
  }
  return rules;
}
