import { localAccount } from '../account.ts';
import type { Call } from './call.ts';

/** The fields of requests that name an account. Bodies and attributes of messages are left as they are. */
const naming: ReadonlySet<string> = new Set([
  'QueueUrl',
  'TopicArn',
  'SubscriptionArn',
  'ResourceArn',
  'Endpoint',
]);

/** fauxqs knows one account only, so the account of the call stands under the name of that one. */
export function underLocalAccount({ fields, service }: Call, accountId: string): string {
  const renamed = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      naming.has(name) && typeof value === 'string' ? value.replaceAll(accountId, localAccount) : value,
    ]),
  );
  return service === 'sqs'
    ? JSON.stringify(renamed)
    : new URLSearchParams(renamed as Record<string, string>).toString();
}

/** Messages hold accounts of their own. */
export function underAccount({ action }: Call, answer: string, accountId: string): string {
  return action === 'ReceiveMessage' ? answer : answer.replaceAll(localAccount, accountId);
}
