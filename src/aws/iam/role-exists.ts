import type { IAMClient } from '@aws-sdk/client-iam';
import { readRoleArn } from './role-arn.ts';

/** Whether the account has a role of this name. Errors of the SDK are passed on. */
export async function roleExists(client: IAMClient, name: string): Promise<boolean> {
  try {
    await readRoleArn(client, name);
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchEntityException') return false;
    throw error;
  }
}
