import { RefusedError, RetryableError } from './errors.ts';

interface ErrorDescription {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: ErrorDescription;
}

const leftOut = 'left out: it may quote what was read';

/** Name, code, text where it is known to quote nothing, stack and cause, three deep: nothing else of an error is harmless. */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error))
    return { name: 'UnknownError', message: 'something that is no Error was thrown' };
  const { code } = error as { code?: unknown };
  const frames = depth === 0 ? framesOf(error) : '';
  return {
    name: error.name,
    ...(typeof code === 'string' && { code }),
    message: quotesNothing(error) ? error.message : leftOut,
    ...(frames !== '' && { stack: frames }),
    ...(error.cause !== undefined && depth < 3 && { cause: describeError(error.cause, depth + 1) }),
  };
}

/** Of the SDK and of Node, with a text of their own. */
const names: ReadonlySet<string> = new Set([
  'AbortError',
  'CredentialsProviderError',
  'TaskProtectionError',
  'TimeoutError',
  'TokenProviderError',
]);

/**
 * A parser quotes what it cannot read, be it JSON or XML, and the SDK hands that on. What is ours, what AWS itself
 * says in an error, and what the system says of the network or a file quotes no body.
 */
function quotesNothing(error: Error): boolean {
  if (error instanceof RetryableError || error instanceof RefusedError || names.has(error.name)) return true;
  const { $fault, syscall } = error as { $fault?: unknown; syscall?: unknown };
  return $fault === 'client' || $fault === 'server' || typeof syscall === 'string';
}

/** The stack without the text at its head. */
function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => /^ {4}at .*(:\d+:\d+\)?|<anonymous>\)?|native\)?)$/.test(line))
    .join('\n');
}
