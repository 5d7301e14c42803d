import type { RefusedReason } from '../../core/outcome.ts';
import type { ErrorClass } from './error-class.ts';

const refused = (reason: RefusedReason): ErrorClass => ({ kind: 'refused', reason });

/**
 * Errors are classified by name and not by status: a 200 with an error in its body arrives with status 503
 * and its own name (aws-facts 2, CopyObject). Errors of KMS arrive through S3, SQS and SNS, each of which has
 * names of its own for them.
 */
const table: readonly (readonly [errorClass: ErrorClass, names: readonly string[]])[] = [
  [{ kind: 'absent' }, ['NotFound', 'NoSuchKey', 'NoSuchVersion']],
  [{ kind: 'delete-marker' }, ['MethodNotAllowed']],
  [{ kind: 'no-such-bucket' }, ['NoSuchBucket']],
  [{ kind: 'precondition-failed' }, ['PreconditionFailed']],
  [{ kind: 'denied' }, ['AccessDenied', 'AllAccessDisabled', 'AccountProblem', 'Forbidden']],
  [{ kind: 'unsupported' }, ['NotImplemented']],
  // This name comes from credentials.ts.
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
      // Somebody wrote to the key at the same moment. The whole upload must start again.
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

const classes: ReadonlyMap<string, ErrorClass> = new Map(
  table.flatMap(([errorClass, names]) => names.map((name) => [name, errorClass])),
);

/** The class of an error whose name says enough. */
export function errorClassByName(name: string): ErrorClass | undefined {
  return classes.get(name);
}
