import { RefusedError, RetryableError } from './errors.ts';

interface ErrorDescription {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
  readonly requestId?: string;
  readonly extendedRequestId?: string;
  readonly cause?: ErrorDescription;
}

const leftOut = 'left out: it may quote what was read';

/**
 * Describes an error by name, code, stack and causes, three deep, and by its text if the text is known to
 * quote nothing. No other property of an error is safe to log.
 */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error))
    return { name: 'UnknownError', message: 'something that is no Error was thrown' };
  const { code } = error as { code?: unknown };
  const frames = depth === 0 ? framesOf(error) : '';
  return {
    name: error.name,
    ...(typeof code === 'string' && { code }),
    message: quotesNothing(error) ? error.message : leftOut,
    ...requestIdsOf(error),
    ...(frames !== '' && { stack: frames }),
    ...(error.cause !== undefined && depth < 3 && { cause: describeError(error.cause, depth + 1) }),
  };
}

/** Errors of the SDK and of Node whose texts are their own. */
const names: ReadonlySet<string> = new Set([
  'AbortError',
  'CredentialsProviderError',
  'TaskProtectionError',
  'TimeoutError',
  'TokenProviderError',
]);

/**
 * A parser of JSON or XML quotes text that it cannot read, and the SDK passes that text on. Errors of this
 * service, errors of AWS and errors of the system about network or files quote no body.
 */
function quotesNothing(error: Error): boolean {
  if (error instanceof RetryableError || error instanceof RefusedError || names.has(error.name)) return true;
  const { $fault, syscall } = error as { $fault?: unknown; syscall?: unknown };
  return $fault === 'client' || $fault === 'server' || typeof syscall === 'string';
}

/** Returns the stack without the text at its head. */
function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => /^ {4}at .*(:\d+:\d+\)?|<anonymous>\)?|native\)?)$/.test(line))
    .join('\n');
}

/** AWS's own ids of the request that failed, which its support asks for. A server chooses them, so their form is checked. */
export function requestIdsOf(error: unknown): {
  readonly requestId?: string;
  readonly extendedRequestId?: string;
} {
  const { $metadata } = (error ?? {}) as { readonly $metadata?: Readonly<Record<string, unknown>> };
  const id = (name: string) => {
    const value = $metadata?.[name];
    return typeof value === 'string' && /^[\w+/=-]{1,200}$/.test(value) ? value : undefined;
  };
  const [requestId, extendedRequestId] = [id('requestId'), id('extendedRequestId')];
  return {
    ...(requestId !== undefined && { requestId }),
    ...(extendedRequestId !== undefined && { extendedRequestId }),
  };
}
