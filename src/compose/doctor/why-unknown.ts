import { awsErrorCode, errorClassOf } from '../../aws/sdk/aws-errors.ts';

/** S3, SQS and SNS have the names of one table for a denial; other services have these. */
const denials = ['AccessDeniedException', 'UnauthorizedOperation'];

/** Why a check could not be made. Of the text of the error, which is foreign, only the name of an action is shown. */
export function whyUnknown(error: unknown): string {
  const code = awsErrorCode(error);
  if (errorClassOf(error).kind !== 'denied' && !denials.includes(code)) return `The call failed (${code}).`;
  const text = error instanceof Error ? error.message : '';
  const [, action] = /not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)/.exec(text) ?? [];
  return `AWS denies ${action ?? 'the call'} (${code}): use a role that may do it.`;
}
