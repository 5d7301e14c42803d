import {
  CloudFormationClient,
  type CloudFormationClientConfig,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { valueOf } from '../sdk/answered.ts';

/**
 * Returns the outputs of a stack, by their names. Errors of the SDK are passed on: `ValidationError` if the
 * stack does not exist.
 */
export async function readStackOutputs(
  stack: string,
  config: CloudFormationClientConfig,
): Promise<Readonly<Record<string, string>>> {
  const client = new CloudFormationClient(config);
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    const { Outputs: outputs = [] } = valueOf(Stacks?.[0], 'DescribeStacks', 'stack');
    return Object.fromEntries(
      outputs.flatMap(({ OutputKey, OutputValue }) =>
        OutputKey === undefined || OutputValue === undefined ? [] : [[OutputKey, OutputValue]],
      ),
    );
  } finally {
    client.destroy();
  }
}
