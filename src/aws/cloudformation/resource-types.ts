import { type CloudFormationClient, DescribeTypeCommand } from '@aws-sdk/client-cloudformation';
import { valueOf } from '../sdk/answered.ts';

/** Returns those of the types that the region of the client does not have. Errors of the SDK are passed on. */
export async function missingTypes(
  client: CloudFormationClient,
  types: readonly string[],
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const TypeName of types) {
    try {
      const { TypeName: name } = await client.send(new DescribeTypeCommand({ Type: 'RESOURCE', TypeName }));
      valueOf(name, 'DescribeType', 'name');
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'TypeNotFoundException') throw error;
      missing.push(TypeName);
    }
  }
  return missing;
}
