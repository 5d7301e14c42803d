import { IsolationFaultError, type RetryableError } from '../../core/errors.ts';
import { codeOf, errorName, faultOf, faultOfHead, messageOf, retryable, statusOf } from './aws-errors.ts';

/**
 * What the isolation side answers about one object alone. Any other 4xx, and 501, would meet the next
 * object as well. A code that is missing here halts nothing by itself: the circuit opens only after
 * several in a row over more than one key.
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

/** Codes of S3 that mean more than one thing, where the whole sentence says that it is about the source object. */
const sentencesAboutOneObject: readonly (readonly [code: string, sentence: RegExp])[] = [
  [
    'InvalidRequest',
    /^the specified copy source is larger than the maximum allowable size for a copy source: \d+\.?$/i,
  ],
  ['InvalidRequest', /^the specified copy source is not supported as a byte-range copy source\.?$/i],
];

/** They pass by themselves for one call, but an answer like this to every call is for an operator to mend. */
const oursThoughTransient: ReadonlySet<string> = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'TokenRefreshRequired',
]);

/**
 * Whether an answer of the isolation bucket, its key or our role there would be the same for every object.
 * Network errors, throttling and every 5xx but 501 say nothing of the kind.
 */
export function isIsolationFault(error: unknown): boolean {
  const name = errorName(error);
  if (aboutOneObject.has(name)) return false;
  if (sentencesAboutOneObject.some(([code, text]) => code === name && text.test(messageOf(error))))
    return false;
  const fault = faultOfHead(error) ?? faultOf(error);
  switch (fault.kind) {
    case 'denied':
    case 'no-such-bucket':
    case 'unsupported':
      return true;
    case 'refused':
      // The source's own encryption, which only a copy meets.
      return fault.reason !== 'sse-c';
    case 'futile':
      return true;
    case 'transient':
      return oursThoughTransient.has(name) || statusOf(error) === 501;
    default:
      return false;
  }
}

/** For what is asked of the isolation bucket alone: what it refuses to everybody is ours to mend, not the message's fault. */
export function retryableAtIsolation(error: unknown, doing: string): RetryableError {
  if (!isIsolationFault(error)) return retryable(error, doing);
  return new IsolationFaultError(codeOf(error), `${doing} is refused by the isolation side`, {
    cause: error,
  });
}
