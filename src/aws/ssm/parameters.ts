import { GetParametersByPathCommand, SSMClient, type SSMClientConfig } from '@aws-sdk/client-ssm';
import { listOf } from '../sdk/answered.ts';
import { createOnward } from '../sdk/onward.ts';

/**
 * Returns the parameters directly under a path, by the last part of their names. SecureStrings are decrypted.
 * Errors of the SDK are passed on. Throws `RetryableError`
 * where the pages come round.
 */
export async function readParameters(
  path: string,
  config: SSMClientConfig,
): Promise<Readonly<Record<string, string>>> {
  const client = new SSMClient(config);
  const found: Record<string, string> = {};
  const onward = createOnward('parameters');
  let token: string | undefined;
  try {
    do {
      const page = await client.send(
        new GetParametersByPathCommand({
          Path: path,
          WithDecryption: true,
          ...(token !== undefined && { NextToken: token }),
        }),
      );
      for (const { Name = '', Value } of listOf(page.Parameters, 'GetParametersByPath')) {
        if (Value !== undefined) found[Name.slice(Name.lastIndexOf('/') + 1)] = Value;
      }
      token = page.NextToken ? onward(page.NextToken) : undefined;
    } while (token !== undefined);
  } finally {
    client.destroy();
  }
  return found;
}
