import { IsolationFaultError, RetryableError } from '../core/errors.ts';
import type { RefusedReason } from '../core/outcome.ts';

/** What an error of AWS means to us. `transient`, `throttled` and `futile`, and so everything unknown, are retryable. */
export type Fault =
  | { readonly kind: 'absent' }
  /** The version named is a delete marker: absent to whoever reads, and no answer to a delete. */
  | { readonly kind: 'delete-marker' }
  /** No version can have such an id, S3 says. Other stores say it of versions that are gone, and of some that are there. */
  | { readonly kind: 'malformed-version' }
  | { readonly kind: 'no-such-bucket' }
  | { readonly kind: 'precondition-failed' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'locked' }
  | { readonly kind: 'mfa-required' }
  /** The store does not know what was asked. */
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'refused'; readonly reason: RefusedReason }
  /** The very same call can go well later, so that what was begun may be gone on with. */
  | { readonly kind: 'transient' }
  /** The same, once less is asked. */
  | { readonly kind: 'throttled' }
  /** The very same call cannot go well; another handling, from the start or with what people mended, may. */
  | { readonly kind: 'futile' };

const refused = (reason: RefusedReason): Fault => ({ kind: 'refused', reason });

/**
 * By name and not by status: a 200 with an error in its body arrives with status 503 but its own name
 * (aws-facts 2, CopyObject). What KMS says comes through S3, SQS and SNS, each with names of its own.
 */
const table: readonly (readonly [fault: Fault, names: readonly string[]])[] = [
  [{ kind: 'absent' }, ['NotFound', 'NoSuchKey', 'NoSuchVersion']],
  [{ kind: 'delete-marker' }, ['MethodNotAllowed']],
  [{ kind: 'no-such-bucket' }, ['NoSuchBucket']],
  [{ kind: 'precondition-failed' }, ['PreconditionFailed']],
  [{ kind: 'denied' }, ['AccessDenied', 'AllAccessDisabled', 'AccountProblem', 'Forbidden']],
  [{ kind: 'unsupported' }, ['NotImplemented']],
  // Of ours, from credentials.ts.
  [refused('no-role'), ['NoRole']],
  [refused('archived-storage-class'), ['InvalidObjectState', 'ObjectNotInActiveTierError']],
  [refused('cross-region'), ['PermanentRedirect', 'IllegalLocationConstraintException']],
  [
    refused('source-key-unusable'),
    [
      'KMS.DisabledException',
      'KMS.NotFoundException',
      'KMS.KMSInvalidStateException',
      'KMS.InvalidStateException',
      'KMS.KeyUnavailableException',
      'KMS.InvalidKeyUsageException',
      'KMSDisabledException',
      'KMSNotFoundException',
      'KMSInvalidStateException',
    ],
  ],
  [
    { kind: 'throttled' },
    [
      'SlowDown',
      'Busy',
      'ServiceUnavailable',
      'Throttling',
      'ThrottlingException',
      'ThrottledException',
      'TooManyRequests',
      'TooManyRequestsException',
      'RequestLimitExceeded',
      'RequestThrottled',
      'BandwidthLimitExceeded',
      'OverLimit',
      'KMS.ThrottlingException',
      'KMSThrottling',
      'KmsThrottled',
    ],
  ],
  [
    { kind: 'transient' },
    [
      'InternalError',
      'InternalFailure',
      'RequestTimeout',
      'RequestTimeoutException',
      'RequestTimeTooSkewed',
      'RequestExpired',
      'ExpiredToken',
      'ExpiredTokenException',
      'TokenRefreshRequired',
      'CredentialsProviderError',
      'OperationAborted',
      'TemporaryRedirect',
      'KMS.DependencyTimeoutException',
      'KMS.KMSInternalException',
    ],
  ],
  [
    { kind: 'futile' },
    [
      // Somebody wrote to the key at the same moment: the whole upload has to be begun anew.
      'ConditionalRequestConflict',
      'NoSuchUpload',
      'InvalidPart',
      'InvalidPartOrder',
      'EntityTooSmall',
      'EntityTooLarge',
      'BadDigest',
      'InvalidDigest',
      'XAmzContentSHA256Mismatch',
      'IncompleteBody',
      'InvalidRange',
      'InvalidTag',
      'InvalidArgument',
      'InvalidRequest',
      'InvalidBucketName',
      'KeyTooLongError',
      'MetadataTooLarge',
      'MalformedXML',
      'QuotaExceeded',
      'InvalidAccessKeyId',
      'InvalidClientTokenId',
      'InvalidToken',
      'UnrecognizedClientException',
      'SignatureDoesNotMatch',
      'AuthorizationHeaderMalformed',
      'QueueDoesNotExist',
      'AWS.SimpleQueueService.NonExistentQueue',
      'ReceiptHandleIsInvalid',
      'MessageNotInflight',
      'InvalidMessageContents',
      'InvalidParameter',
      'InvalidParameterValue',
      'AuthorizationError',
      'EndpointDisabled',
      'KmsDisabled',
      'KmsInvalidState',
      'KmsNotFound',
      'KmsOptInRequired',
      'KmsInvalidKeyUsage',
      'KmsAccessDenied',
      'KMSDisabled',
      'KMSInvalidState',
      'KMSNotFound',
      'KMSOptInRequired',
      'KMSAccessDenied',
    ],
  ],
];

const faults: ReadonlyMap<string, Fault> = new Map(
  table.flatMap(([fault, names]) => names.map((name) => [name, fault])),
);

/** What has no name of its own and is told by its message. */
const faultsByMessage: readonly (readonly [name: string, message: RegExp, fault: Fault])[] = [
  ['AccessDenied', /\bmfa\b/i, { kind: 'mfa-required' }],
  ['AccessDenied', /\bobject lock\b/i, { kind: 'locked' }],
  // As MinIO says it.
  ['InvalidRequest', /\bWORM protected\b/i, { kind: 'locked' }],
  ['AccessDenied', /\bkms:/i, refused('source-key-unusable')],
  // An SSE-C object that is asked for without its key.
  ['InvalidRequest', /form of server side encryption/i, refused('sse-c')],
  ['InvalidRequest', /refer to a delete marker/i, { kind: 'delete-marker' }],
  ['InvalidArgument', /\bversion id\b/i, { kind: 'malformed-version' }],
  // Without a region in it, it is our credentials that are malformed.
  ['AuthorizationHeaderMalformed', /\bexpecting\b/i, refused('cross-region')],
];

/** HEAD errors have no body and so no name, but for 404 (aws-facts 2, errors). */
const faultsOfHead: ReadonlyMap<number | undefined, Fault> = new Map([
  [404, { kind: 'absent' }],
  [405, { kind: 'delete-marker' }],
  [412, { kind: 'precondition-failed' }],
  [503, { kind: 'throttled' }],
]);

export function faultOf(error: unknown): Fault {
  const name = errorName(error);
  const byMessage = faultsByMessage.find(([of, message]) => of === name && message.test(messageOf(error)));
  return byMessage?.[2] ?? faults.get(name) ?? unknownFault(statusOf(error));
}

/** A 4xx says that the call itself was wrong. Without a status it was the network. */
function unknownFault(status = 500): Fault {
  if (status === 408) return { kind: 'transient' };
  if (status === 429) return { kind: 'throttled' };
  return { kind: status >= 400 && status < 500 ? 'futile' : 'transient' };
}

/**
 * What the status alone does not tell: a 400 can be SSE-C or an expired token, a 403 a denial or a bad clock, a 301
 * another region or something in between.
 */
const undecided: ReadonlySet<number | undefined> = new Set([301, 400, 403]);

/** `undefined` where the object has to be read for it. */
export function faultOfHead(error: unknown): Fault | undefined {
  if (!nameless.has(errorName(error))) return faultOf(error);
  const status = statusOf(error);
  return undecided.has(status) ? undefined : (faultsOfHead.get(status) ?? faultOf(error));
}

/** What the SDK calls an error without a body, or with one that is no XML, as gateways send it. */
const nameless: ReadonlySet<string> = new Set([
  'Unknown',
  'UnknownError',
  'Error',
  '400',
  '403',
  'Forbidden',
]);

/** Whether what was begun may be gone on with: the network, throttling, a fault of AWS, credentials that ran out. */
export function isTransient(error: unknown): boolean {
  const { kind } = faultOf(error);
  return kind === 'transient' || kind === 'throttled';
}

/** `undefined` where there was no answer, or one that says nothing of how much the service would take. */
export function isThrottled(error: unknown): boolean | undefined {
  const status = statusOf(error);
  if (status === undefined) return undefined;
  if (faultOfHead(error)?.kind === 'throttled') return true;
  return status < 500 ? false : undefined;
}

/** Whether it answers what was asked: the object is not there, or not as the condition wants it. */
export function isAnswer(error: unknown): boolean {
  const kind = faultOfHead(error)?.kind;
  return kind === 'absent' || kind === 'delete-marker' || kind === 'precondition-failed';
}

/**
 * Whether the store does not take the call as it is, rather than not now: an option that it does not know
 * can be left out where something else does its work.
 */
export function isNotTaken(error: unknown): boolean {
  const { kind } = faultOf(error);
  if (kind !== 'futile') return kind === 'unsupported';
  const name = errorName(error);
  return (
    name === 'InvalidArgument' || name === 'InvalidRequest' || (!faults.has(name) && statusOf(error) === 400)
  );
}

export function retryable(error: unknown, doing: string): RetryableError {
  if (error instanceof RetryableError) return error;
  return new RetryableError(codeOf(error), `${doing} failed`, { cause: error });
}

/** For what is asked of the isolation bucket alone: a refusal there is ours to mend, not the message's fault. */
export function retryableAtIsolation(error: unknown, doing: string): RetryableError {
  const { kind } = faultOf(error);
  const isRefusal = kind === 'denied' || kind === 'refused' || kind === 'no-such-bucket';
  return isRefusal ? isolationFault(error, doing) : retryable(error, doing);
}

export function isolationFault(error: unknown, doing: string): IsolationFaultError {
  return new IsolationFaultError(codeOf(error), `${doing} is refused by the isolation side`, {
    cause: error,
  });
}

/** What people get to see of it, in logs and metrics. An answer to HEAD has no name, but its status says more than "Unknown". */
export function codeOf(error: unknown): string {
  const status = statusOf(error);
  return nameless.has(errorName(error)) && status !== undefined ? `HTTP${status}` : errorName(error);
}

/** The error's code as AWS gives it, or the class of a network error. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return 'UnknownError';
  const { code } = error as { code?: unknown };
  if (error.name === 'Error' && typeof code === 'string') return code;
  return error.name;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
