import { IsolationFaultError, type RetryableError } from '../../core/errors.ts';
import {
  awsErrorCode,
  awsErrorName,
  errorClassOf,
  errorClassOfHead,
  messageOf,
  retryable,
  statusOf,
} from './aws-errors.ts';

/**
 * Errors of the isolation side that concern only the one object. Any other 4xx, and 501, would also meet the
 * next object. A code that is missing in this list halts nothing by itself: the circuit opens only after
 * several faults in a row over more than one key.
 */
const aboutOneObject: ReadonlySet<string> = new Set([
  'BadDigest',
  'ConditionalRequestConflict',
  'EntityTooLarge',
  'EntityTooSmall',
  'IncompleteBody',
  'InvalidDigest',
  'InvalidObjectState',
  'InvalidPart',
  'InvalidPartOrder',
  'InvalidRange',
  'InvalidTag',
  'KeyTooLongError',
  'MetadataTooLarge',
  'NoSuchUpload',
  'ObjectNotInActiveTierError',
  'RequestHeaderSectionTooLarge',
  'XAmzContentSHA256Mismatch',
]);

/** Codes of S3 with several meanings, and the sentence that shows that the error concerns only the source object. */
const sentencesAboutOneObject: readonly (readonly [code: string, sentence: RegExp])[] = [
  [
    'InvalidRequest',
    /^the specified copy source is larger than the maximum allowable size for a copy source: \d+\.?$/i,
  ],
  ['InvalidRequest', /^the specified copy source is not supported as a byte-range copy source\.?$/i],
];

/** These errors pass by themselves for a single call. If every call gets them, an operator must repair the cause. */
const oursThoughTransient: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'TokenRefreshRequired',
]);

/**
 * Whether the isolation bucket, its key or the worker's role would give this answer for every object. Network
 * errors, throttling and every 5xx but 501 are not such answers.
 */
export function isIsolationFault(error: unknown): boolean {
  const name = awsErrorName(error);
  if (aboutOneObject.has(name)) return false;
  if (sentencesAboutOneObject.some(([code, text]) => code === name && text.test(messageOf(error))))
    return false;
  const errorClass = errorClassOfHead(error) ?? errorClassOf(error);
  switch (errorClass.kind) {
    case 'denied':
    case 'no-such-bucket':
    case 'unsupported':
      return true;
    case 'refused':
      // SSE-C is the encryption of the source, which only a copy meets.
      return errorClass.reason !== 'sse-c';
    case 'futile':
      return true;
    case 'transient':
      return oursThoughTransient.has(name) || statusOf(error) === 501;
    default:
      return false;
  }
}

/**
 * Translates an error of a call that concerns only the isolation bucket. If the bucket refuses the call to
 * everybody, the cause is the isolation side and not the message.
 */
export function retryableAtIsolation(error: unknown, doing: string): RetryableError {
  if (!isIsolationFault(error)) return retryable(error, doing);
  return new IsolationFaultError(awsErrorCode(error), `${doing} is refused by the isolation side`, {
    cause: error,
  });
}
