import { GetRoleCommand, type IAMClient } from '@aws-sdk/client-iam';
import { valueOf } from '../sdk/answered.ts';

/** Returns the whole ARN of a role, with its path. Errors of the SDK are passed on. */
export async function readRoleArn(client: IAMClient, name: string): Promise<string> {
  const { Role } = await client.send(new GetRoleCommand({ RoleName: name }));
  return valueOf(Role?.Arn, 'GetRole', 'ARN');
}
