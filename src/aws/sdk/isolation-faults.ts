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

/** What is asked of the isolation side. A question to Macie is a read too. */
export type IsolationCall = 'copy' | 'list' | 'put' | 'read';

const aboutObject = [
  'BadDigest',
  'ConditionalRequestConflict',
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
];

/**
 * Codes of the isolation side that concern only the one object. Any other 4xx, and 501, would also meet the
 * next object. A code that is missing in this list halts nothing by itself: the circuit opens only after
 * several faults in a row over more than one key.
 */
const aboutOneObject: Readonly<Record<IsolationCall, ReadonlySet<string>>> = {
  // The worker sends no copy that is larger than S3 allows.
  copy: new Set(aboutObject),
  list: new Set([...aboutObject, 'EntityTooLarge']),
  // The worker makes these objects and their headers itself. Only size, key and rivals differ from put to put.
  put: new Set([
    'ConditionalRequestConflict',
    'EntityTooLarge',
    'KeyTooLongError',
    'HTTP409',
    'HTTP413',
    'HTTP414',
  ]),
  read: new Set([...aboutObject, 'EntityTooLarge']),
};

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
 * errors, throttling and every 5xx but 501 are not such answers. For a copy that is answered 404 or 405, the caller must
 * also know that the source is there.
 */
export function isIsolationFault(error: unknown, call: IsolationCall): boolean {
  const name = awsErrorName(error);
  if (aboutOneObject[call].has(awsErrorCode(error))) return false;
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
    case 'absent':
      // Only a read, or a copy by its source, asks for an object that can be absent.
      return call !== 'read';
    case 'delete-marker':
      // No call names a version of the isolation bucket. S3 has a sentence of its own for the source of a copy.
      return name !== 'InvalidRequest';
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
export function retryableAtIsolation(error: unknown, doing: string, call: IsolationCall): RetryableError {
  if (!isIsolationFault(error, call)) return retryable(error, doing);
  return new IsolationFaultError(awsErrorCode(error), `${doing} is refused by the isolation side`, {
    cause: error,
  });
}
