import { describe, expect, it } from 'vitest';
import {
  awsErrorCode,
  awsErrorName,
  errorClassOf,
  errorClassOfHead,
  isAnswer,
  isNotTaken,
  isThrottled,
  isTransient,
  retryable,
} from '../../../../src/aws/sdk/aws-errors.ts';
import { RetryableError } from '../../../../src/core/errors.ts';

function awsError(name: string, status?: number, message = name): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

const each = (errorClass: object, names: string): [string, object][] =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => [name, errorClass]);

const refused = (reason: string) => ({ kind: 'refused', reason });

describe('an error of AWS', () => {
  it.each([
    ...each({ kind: 'absent' }, 'NotFound NoSuchKey NoSuchVersion'),
    ...each({ kind: 'delete-marker' }, 'MethodNotAllowed'),
    ...each({ kind: 'no-such-bucket' }, 'NoSuchBucket'),
    ...each({ kind: 'precondition-failed' }, 'PreconditionFailed'),
    ...each({ kind: 'denied' }, 'AccessDenied AllAccessDisabled AccountProblem Forbidden'),
    ...each({ kind: 'unsupported' }, 'NotImplemented'),
    ...each(refused('no-role'), 'NoRole'),
    ...each(refused('archived-storage-class'), 'InvalidObjectState ObjectNotInActiveTierError'),
    ...each(refused('cross-region'), 'PermanentRedirect IllegalLocationConstraintException'),
    ...each(
      refused('source-key-unusable'),
      `KMS.DisabledException KMS.NotFoundException KMS.KMSInvalidStateException KMS.InvalidStateException
       KMS.KeyUnavailableException KMS.InvalidKeyUsageException KMSDisabledException KMSNotFoundException
       KMSInvalidStateException`,
    ),
  ])('%s says the same whatever the status: a 200 that carried it shows as 503', (name, errorClass) => {
    for (const status of [undefined, 200, 403, 503])
      expect(errorClassOf(awsError(name, status))).toEqual(errorClass);
    expect(isTransient(awsError(name, 503))).toBe(false);
  });

  it.each([
    ...each(
      { kind: 'throttled' },
      `SlowDown Busy ServiceUnavailable Throttling ThrottlingException ThrottledException TooManyRequests
       TooManyRequestsException RequestLimitExceeded RequestThrottled BandwidthLimitExceeded OverLimit
       KMS.ThrottlingException KMSThrottling KmsThrottled`,
    ),
    ...each(
      { kind: 'transient' },
      `InternalError InternalFailure RequestTimeout RequestTimeoutException RequestTimeTooSkewed RequestExpired
       ExpiredToken ExpiredTokenException TokenRefreshRequired CredentialsProviderError OperationAborted
       TemporaryRedirect KMS.DependencyTimeoutException KMS.KMSInternalException`,
    ),
  ])('%s passes by itself, though some come with a 4xx', (name, errorClass) => {
    expect(errorClassOf(awsError(name, 400))).toEqual(errorClass);
    expect(isTransient(awsError(name, 400))).toBe(true);
    expect(isNotTaken(awsError(name, 400))).toBe(false);
  });

  it.each<[string, number | undefined, boolean | undefined]>([
    ['SlowDown', 503, true],
    ['ServiceUnavailable', 503, true],
    ['Unknown', 503, true],
    ['Unknown', 429, true],
    ['Error', 503, true],
    ['NotFound', 404, false],
    ['AccessDenied', 403, false],
    ['Unknown', 403, false],
    ['SomethingNew', 499, false],
    ['InternalError', 500, undefined],
    ['SomethingNew', 503, undefined],
    ['Unknown', 500, undefined],
    ['TimeoutError', undefined, undefined],
  ])('%s with status %s says whether less should be asked, or nothing: %s', (name, status, throttled) => {
    expect(isThrottled(awsError(name, status))).toBe(throttled);
  });

  it.each([
    ['PreconditionFailed', 412, true],
    ['Unknown', 412, true],
    ['NotFound', 404, true],
    ['NoSuchVersion', 404, true],
    ['MethodNotAllowed', 405, true],
    ['NoSuchBucket', 404, false],
    ['AccessDenied', 403, false],
    ['Unknown', 403, false],
    ['SlowDown', 503, false],
  ])('%s with status %s is what was asked for, or not: %s', (name, status, isOne) => {
    expect(isAnswer(awsError(name, status))).toBe(isOne);
  });

  it.each(
    each(
      {},
      `ConditionalRequestConflict NoSuchUpload InvalidPart InvalidPartOrder EntityTooSmall EntityTooLarge
       BadDigest InvalidDigest XAmzContentSHA256Mismatch IncompleteBody InvalidRange InvalidTag
       InvalidArgument InvalidRequest InvalidBucketName KeyTooLongError MetadataTooLarge MalformedXML
       QuotaExceeded InvalidAccessKeyId InvalidClientTokenId InvalidToken UnrecognizedClientException
       SignatureDoesNotMatch AuthorizationHeaderMalformed QueueDoesNotExist
       AWS.SimpleQueueService.NonExistentQueue ReceiptHandleIsInvalid MessageNotInflight
       InvalidMessageContents InvalidParameter InvalidParameterValue AuthorizationError EndpointDisabled
       KmsDisabled KmsInvalidState KmsNotFound KmsOptInRequired KmsInvalidKeyUsage KmsAccessDenied
       KMSDisabled KMSInvalidState KMSNotFound KMSOptInRequired KMSAccessDenied`,
    ),
  )('%s does not go well by being repeated, though a 200 carried it', (name) => {
    expect(errorClassOf(awsError(name, 503))).toEqual({ kind: 'futile' });
    expect(isTransient(awsError(name, 503))).toBe(false);
  });

  it('that nobody knows is taken by its status', () => {
    expect(errorClassOf(awsError('SomethingNew', 399))).toEqual({ kind: 'transient' });
    expect(errorClassOf(awsError('SomethingNew', 400))).toEqual({ kind: 'futile' });
    expect(errorClassOf(awsError('SomethingNew', 499))).toEqual({ kind: 'futile' });
    expect(errorClassOf(awsError('SomethingNew', 408))).toEqual({ kind: 'transient' });
    expect(errorClassOf(awsError('SomethingNew', 429))).toEqual({ kind: 'throttled' });
    expect(errorClassOf(awsError('SomethingNew', 500))).toEqual({ kind: 'transient' });
    expect(errorClassOf(awsError('ECONNRESET'))).toEqual({ kind: 'transient' });
    expect(errorClassOf('not even an error')).toEqual({ kind: 'transient' });
  });

  it.each([
    ['AccessDenied', 'Mfa Authentication must be used for this request', { kind: 'mfa-required' }],
    ['AccessDenied', 'Access Denied because object protected by object lock.', { kind: 'locked' }],
    ['AccessDenied', 'forbidden by object lock', { kind: 'locked' }],
    [
      'AccessDenied',
      'User: arn:aws:sts::111122223333:assumed-role/worker/task is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:111122223333:key/d24c because no identity-based policy allows the kms:Decrypt action',
      refused('source-key-unusable'),
    ],
    [
      'AccessDenied',
      'User: arn:aws:iam::111122223333:user/a is not authorized to perform: kms:GenerateDataKey on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access',
      refused('source-key-unusable'),
    ],
    [
      'AccessDenied',
      'User: arn:aws:iam::111122223333:user/a is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access',
      refused('source-key-unusable'),
    ],
    [
      'AccessDenied',
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      refused('source-key-unusable'),
    ],
    ['AccessDenied', 'Access Denied', { kind: 'denied' }],
    ['AccessDenied', 'mfa, object lock, kms:Decrypt', { kind: 'denied' }],
    [
      'InvalidRequest',
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
      refused('sse-c'),
    ],
    ['InvalidRequest', 'a form of server side encryption', { kind: 'futile' }],
    [
      'InvalidRequest',
      'The source of a copy request may not specifically refer to a delete marker by version id.',
      { kind: 'delete-marker' },
    ],
    ['InvalidRequest', 'Object is WORM protected and cannot be overwritten', { kind: 'locked' }],
    ['InvalidRequest', 'something else', { kind: 'futile' }],
    ['InvalidArgument', 'Invalid version id specified', { kind: 'malformed-version' }],
    ['InvalidArgument', 'Version id cannot be the empty string', { kind: 'malformed-version' }],
    ['InvalidArgument', 'x-amz-tagging: the version id is wrong', { kind: 'futile' }],
    [
      'AuthorizationHeaderMalformed',
      "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'",
      refused('cross-region'),
    ],
    ['AuthorizationHeaderMalformed', 'a non-empty Access Key must be provided', { kind: 'futile' }],
    ['SlowDown', 'Access Denied because object protected by object lock.', { kind: 'throttled' }],
  ])('%s has no other name and is told by its text: %s', (name, message, errorClass) => {
    expect(errorClassOf(awsError(name, 400, message))).toEqual(errorClass);
  });

  it('is shown by its name, or by the status where it has none', () => {
    expect(awsErrorCode(awsError('SlowDown', 503))).toBe('SlowDown');
    expect(awsErrorCode(awsError('Unknown', 403))).toBe('HTTP403');
    // An HTML page of a gateway.
    expect(awsErrorCode(awsError('Error', 502))).toBe('HTTP502');
    expect(awsErrorCode(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
    expect(awsErrorCode('not even an error')).toBe('UnknownError');
  });

  it('has a name: its own, or the code of a network error', () => {
    expect(awsErrorName(awsError('SlowDown'))).toBe('SlowDown');
    expect(awsErrorName(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
    expect(awsErrorName(Object.assign(awsError('TimeoutError'), { code: 'UND_ERR' }))).toBe('TimeoutError');
    expect(awsErrorName(Object.assign(new Error('x'), { code: 7 }))).toBe('Error');
    expect(awsErrorName('text')).toBe('UnknownError');
    expect(awsErrorName({ message: 'object lock', name: 'AccessDenied' })).toBe('UnknownError');
  });

  it('is told by its status where it has no name', () => {
    expect(retryable(awsError('Unknown', 503), 'HeadObject').code).toBe('HTTP503');
    expect(retryable(awsError('Unknown'), 'HeadObject').code).toBe('Unknown');
    expect(retryable(awsError('SlowDown', 503), 'HeadObject').code).toBe('SlowDown');
    expect(retryable('text', 'HeadObject').code).toBe('UnknownError');
  });

  it('becomes a retryable one once', () => {
    const cause = awsError('SlowDown');
    const first = retryable(cause, 'GetObject');

    expect(first).toBeInstanceOf(RetryableError);
    expect(first).toMatchObject({ code: 'SlowDown', message: 'GetObject failed', cause });
    expect(retryable(first, 'another')).toBe(first);
  });
});

describe('an error of HEAD', () => {
  it.each<[string, number | undefined, unknown]>([
    ['NotFound', 404, { kind: 'absent' }],
    ['Unknown', 404, { kind: 'absent' }],
    ['Unknown', 405, { kind: 'delete-marker' }],
    ['Unknown', 412, { kind: 'precondition-failed' }],
    ['Unknown', 301, undefined],
    ['Unknown', 429, { kind: 'throttled' }],
    ['Unknown', 503, { kind: 'throttled' }],
    ['Unknown', undefined, { kind: 'transient' }],
    ['UnknownError', 404, { kind: 'absent' }],
    ['Unknown', 409, { kind: 'futile' }],
    ['Unknown', 400, undefined],
    ['Unknown', 403, undefined],
    ['UnknownError', 403, undefined],
    ['403', 403, undefined],
    ['400', 400, undefined],
    ['Forbidden', 403, undefined],
    ['AccessDenied', 403, { kind: 'denied' }],
    ['ExpiredToken', 400, { kind: 'transient' }],
    ['SomethingNew', 404, { kind: 'futile' }],
  ])('has no body: %s with status %s', (name, status, errorClass) => {
    expect(errorClassOfHead(awsError(name, status))).toEqual(errorClass);
  });
});

describe('a request that a store does not take as it is', () => {
  it.each([
    [awsError('NotImplemented', 501), true],
    [awsError('InvalidRequest', 400, 'Checksum algorithm provided is unsupported.'), true],
    [awsError('InvalidArgument', 400), true],
    [awsError('UnsupportedChecksum', 400), true],
    [awsError('UnsupportedChecksum', 409), false],
    [awsError('InvalidRequest', 400, 'The object was stored using a form of Server Side Encryption.'), false],
    [awsError('InvalidPart', 400), false],
    [awsError('ConditionalRequestConflict', 409), false],
    [awsError('AccessDenied', 403), false],
    [awsError('InternalError', 500), false],
    [awsError('ECONNRESET'), false],
  ])('%s', (error, notTaken) => {
    expect(isNotTaken(error)).toBe(notTaken);
  });
});
