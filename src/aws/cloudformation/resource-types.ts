import { type CloudFormationClient, DescribeTypeCommand } from '@aws-sdk/client-cloudformation';

/** Returns those of the types that the region of the client does not have. Errors of the SDK are passed on. */
export async function missingTypes(
  client: CloudFormationClient,
  types: readonly string[],
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const TypeName of types) {
    try {
      await client.send(new DescribeTypeCommand({ Type: 'RESOURCE', TypeName }));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'TypeNotFoundException') throw error;
      missing.push(TypeName);
    }
  }
  return missing;
}
