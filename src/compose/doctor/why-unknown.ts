import { awsErrorCode, errorClassOf } from '../../aws/sdk/aws-errors.ts';
import { isForeignAnswer } from '../../core/foreign-answer.ts';

/** Why a check could not be made. Of the text of the error, which is foreign, only the name of an action is shown. */
export function whyUnknown(error: unknown): string {
  const cause = causeOf(error);
  const code = awsErrorCode(cause);
  if (isForeignAnswer(cause) || isUnreadable(cause))
    return `The answer is not as AWS gives it (${code}): check --endpoint-url and any proxy.`;
  if (!isDenied(cause)) return `The call failed (${code}).`;
  const text = cause instanceof Error ? cause.message : '';
  const [, action] = /not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)/.exec(text) ?? [];
  return `AWS denies ${action ?? 'the call'} (${code}): use a role that may do it.`;
}

/** The error of the SDK, where the worker's adapters wrap it. */
export function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error && '$metadata' in error.cause
    ? error.cause
    : error;
}

/** The table of errors knows S3. Other services have words of their own, and an answer to HEAD has none. */
export function isDenied(cause: unknown): boolean {
  return (
    errorClassOf(cause).kind === 'denied' ||
    /access.?denied|^authorizationerror|^unauthorizedoperation|HTTP403/i.test(awsErrorCode(cause))
  );
}

/** What the parsers of the SDK throw at a text that is not of AWS. */
function isUnreadable(cause: unknown): boolean {
  return cause instanceof Error && ['SyntaxError', 'TypeError'].includes(cause.name) && '$metadata' in cause;
}
