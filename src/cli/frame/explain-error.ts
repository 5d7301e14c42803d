import { CommandError } from './command-error.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { visible } from './terminal.ts';

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
    ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'TimeoutError', 'UND_ERR_CONNECT_TIMEOUT'],
    'AWS could not be reached. Check the network, --region and --endpoint-url, then repeat the command.',
    exitCode.failed,
  ],
  [
    ['NoSuchBucket'],
    'The isolation bucket does not exist. Check ISOLATION_BUCKET, --region and --profile.',
    exitCode.configuration,
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
    const names = namesOf(cause);
    const cure = cures.find(([known]) => known.some((name) => names.includes(name)));
    if (cure !== undefined) return { sentence: cure[1], exitCode: cure[2] };
  }
  // A server chooses the names of its errors.
  const name = visible(namesOf(error)[0]?.slice(0, 100) ?? 'an unknown error');
  return {
    sentence: `The command failed with ${name}. Repeat it; if it fails again, --debug shows where.`,
    exitCode: exitCode.failed,
  };
}

/** Returns the most specific name first: the code that AWS or Node gives, then the class. */
function namesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { code } = error as { code?: unknown };
  return [...(typeof code === 'string' ? [code] : []), error.name];
}
