import { isForeignAnswer } from '../../core/foreign-answer.ts';
import { CommandError } from './command-error.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { quoted } from './terminal.ts';

/** The explanation of an error for people, and the exit code of the command. */
export interface Explanation {
  readonly sentence: string;
  readonly exitCode: ExitCode;
}

/**
 * Names of errors of the SDK and of Node whose remedy is known. The texts of these errors are not shown,
 * because others wrote them.
 */
const cures: readonly (readonly [names: readonly string[], sentence: string, code: ExitCode])[] = [
  [
    [
      'CredentialsProviderError',
      'TokenProviderError',
      'InvalidAccessKeyId',
      'InvalidClientTokenId',
      'SignatureDoesNotMatch',
      'UnrecognizedClientException',
    ],
    'No valid AWS credentials were found. Sign in, or name a profile with --profile.',
    exitCode.configuration,
  ],
  [
    ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired'],
    'The AWS credentials have expired. Sign in again, then repeat the command.',
    exitCode.configuration,
  ],
  [
    [
      'ECONNREFUSED',
      'ECONNRESET',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'ENOTFOUND',
      'EAI_AGAIN',
      'EPIPE',
      // TLS to a port that speaks without it.
      'EPROTO',
      'ETIMEDOUT',
      'TimeoutError',
      'UND_ERR_CONNECT_TIMEOUT',
      'UND_ERR_SOCKET',
    ],
    'AWS could not be reached. Check the network, --region and --endpoint-url, then repeat the command.',
    exitCode.failed,
  ],
  [
    ['NoSuchBucket'],
    'The isolation bucket does not exist. Check ISOLATION_BUCKET, --region and --profile.',
    exitCode.configuration,
  ],
  [
    ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'],
    'A queue does not exist. Check QUEUE_URL, DEAD_LETTER_QUEUE_URL and RULES_DEAD_LETTER_QUEUE_URL, --region and --profile.',
    exitCode.configuration,
  ],
  [
    // A change set has the same name in every deployment of a stack: a later command deletes that of an earlier one.
    ['ChangeSetNotFound', 'ChangeSetNotFoundException'],
    'Another deployment runs at the same time, and took the prepared change of this one away. Wait for its end, then repeat the command.',
    exitCode.failed,
  ],
  [
    ['PermanentRedirect', 'AuthorizationHeaderMalformed', 'HTTP301'],
    'The isolation bucket is in another region. Give its region with --region.',
    exitCode.configuration,
  ],
  [
    ['AccessDenied', 'AccessDeniedException', 'HTTP403'],
    'AWS denies a call that this command needs. Use the operator’s role, or ask for its permissions; --debug names the call.',
    exitCode.failed,
  ],
];

/** Turns every error of a command into a sentence. An unknown error is named by its class; `--debug` shows the rest. */
export function explainError(error: unknown): Explanation {
  if (error instanceof CommandError) return { sentence: error.message, exitCode: error.exitCode };
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const status = statusWithoutText(cause);
    const names = status === undefined ? namesOf(cause) : [`HTTP${status}`];
    const cure = cures.find(([known]) => known.some((name) => names.includes(name)));
    if (cure !== undefined) return { sentence: cure[1], exitCode: cure[2] };
    if (status !== undefined) {
      return { sentence: textlessAnswer(status), exitCode: exitCode.failed };
    }
  }
  if (isForeignAnswer(error)) return { sentence: foreignAnswer, exitCode: exitCode.failed };
  // A server chooses the names of its errors.
  const name = quoted(namesOf(error)[0] ?? 'an unknown error');
  return {
    sentence: `The command failed with ${name}. Repeat it; if it fails again, --debug shows where.`,
    exitCode: exitCode.failed,
  };
}

const foreignAnswer =
  'An answer is not as AWS gives it, as where a proxy answers in the place of AWS. Check --endpoint-url and any proxy, then repeat the command.';

/** S3 sends no text with the answer to a HEAD call. */
function textlessAnswer(status: number): string {
  const answer = `The answer (HTTP ${status}) has no text of AWS.`;
  return status === 429 || status >= 500
    ? `${answer} AWS, or a proxy on the way, is out of order or gets too many calls. Repeat the command later; if it stays, check --endpoint-url and any proxy.`
    : `${answer} Check --endpoint-url and any proxy, then repeat the command.`;
}

/** Returns the most specific name first: the code that AWS or Node gives, then the class. */
function namesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { code } = error as { code?: unknown };
  return [...(typeof code === 'string' ? [code] : []), error.name];
}

/** Names that the SDK gives to an answer without a text, or with a text that it cannot read, such as a proxy's page. */
const textless: ReadonlySet<string> = new Set([
  'Unknown',
  'UnknownError',
  'NotFound',
  'Forbidden',
  'Error',
  'SyntaxError',
  'TypeError',
]);

/** Returns the status of such an answer. AWS gives every other error a code. */
function statusWithoutText(error: Error): number | undefined {
  const { $metadata, Code } = error as {
    readonly $metadata?: { readonly httpStatusCode?: unknown };
    readonly Code?: unknown;
  };
  const status = $metadata?.httpStatusCode;
  return typeof status === 'number' && Code === undefined && textless.has(error.name) ? status : undefined;
}
