import { stackName, templateOrder, type WantedStack } from './installation.ts';
import type { DeployPorts } from './stack/deploy-ports.ts';
import type { Stack, StackResource } from './stack/stacks.ts';

/** How a person takes away what a failed creation left. Nothing was ever put into it. */
const commands: Readonly<Record<string, (id: string) => string>> = {
  'AWS::KMS::Key': (id) => `aws kms schedule-key-deletion --key-id ${id}`,
  'AWS::Logs::LogGroup': (id) => `aws logs delete-log-group --log-group-name ${id}`,
  'AWS::Macie::Session': () => 'aws macie2 disable-macie; to keep it, answer --macie enabled',
  'AWS::S3::Bucket': (id) => `aws s3api delete-bucket --bucket ${id}`,
};

/**
 * Returns what the failed creation of a stack left: CloudFormation deletes nothing that its template retains, not even
 * when it rolls a creation back. The next creation makes all of it anew.
 */
export async function leftByCreation(
  { stacks }: Pick<DeployPorts, 'stacks'>,
  { id }: Pick<Stack, 'id'>,
): Promise<readonly StackResource[]> {
  const resources = await stacks.resources(id);
  // The policy of a bucket goes with the bucket.
  return resources.filter(
    ({ physicalId, status, type }) =>
      status === 'DELETE_SKIPPED' && physicalId !== '' && type !== 'AWS::S3::BucketPolicy',
  );
}

/** Says what the failed creation of a stack left, and how it is taken away. */
export function leftText(stack: string, { physicalId, type }: StackResource): string {
  const command = commands[type]?.(physicalId);
  const how = command === undefined ? '' : ` To take it away: ${command}`;
  return `Left by the failed creation of ${stack}, and not used by the next one: ${physicalId} (${type}).${how}`;
}

/**
 * Returns the names of the stacks of this installation that an earlier deployment made, and that no answer asks for any
 * more. A deployment leaves them alone: whether something else uses them, a person knows.
 */
export async function leftOutStacks(
  { signal, stacks }: Pick<DeployPorts, 'signal' | 'stacks'>,
  prefix: string,
  wanted: readonly WantedStack[],
): Promise<readonly string[]> {
  const names: string[] = [];
  for (const template of templateOrder) {
    // No answer ever asks for it: it is deployed by hand.
    if (template === 'metrics' || wanted.some((one) => one.template === template)) continue;
    signal.throwIfAborted();
    const name = stackName(prefix, template);
    if ((await stacks.find(name)) !== undefined) names.push(name);
  }
  return names;
}

/** Says that a stack stays without an answer that asks for it, and how it is taken away. */
export function leftOutText(name: string): string {
  return (
    `${name} stays, although no answer asks for it any more. When the deployment is done, and nothing else uses it, ` +
    `take it away: aws cloudformation delete-stack --stack-name ${name}`
  );
}
