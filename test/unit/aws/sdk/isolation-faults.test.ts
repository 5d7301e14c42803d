import { describe, expect, it } from 'vitest';
import { retryableAtIsolation } from '../../../../src/aws/sdk/isolation-faults.ts';
import { IsolationFaultError, RetryableError } from '../../../../src/core/errors.ts';

const awsError = (name: string, status?: number, message = name) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });

const thrown = (error: unknown) => retryableAtIsolation(error, 'PutObject');

describe('an error of the isolation side', () => {
  it.each<[string, number]>([
    ['AccessDenied', 403],
    ['Unknown', 403],
    ['Unknown', 400],
    ['NoSuchBucket', 404],
    ['PermanentRedirect', 301],
    ['KMS.DisabledException', 400],
    ['NotImplemented', 501],
    ['Unknown', 501],
    ['InvalidRequest', 400],
    ['InvalidArgument', 400],
    ['SignatureDoesNotMatch', 403],
    ['InvalidAccessKeyId', 403],
    ['QuotaExceeded', 403],
    ['SomethingNew', 400],
    ['SomethingNew', 422],
    ['ExpiredToken', 400],
    ['ExpiredTokenException', 400],
    ['TokenRefreshRequired', 400],
    ['RequestExpired', 400],
    ['RequestTimeTooSkewed', 403],
    // An error in the body of a 200.
    ['NotImplemented', 503],
    ['InvalidRequest', 503],
  ])('%s (%i) would meet every object, and is ours to mend', (name, status) => {
    const error = awsError(name, status);

    expect(thrown(error)).toBeInstanceOf(IsolationFaultError);
    expect(thrown(error)).toMatchObject({
      cause: error,
      message: 'PutObject is refused by the isolation side',
    });
  });

  it.each(
    `BadDigest ConditionalRequestConflict EntityTooLarge EntityTooSmall IncompleteBody InvalidDigest
     InvalidObjectState InvalidPart InvalidPartOrder InvalidRange InvalidTag KeyTooLongError MetadataTooLarge
     NoSuchUpload ObjectNotInActiveTierError RequestHeaderSectionTooLarge XAmzContentSHA256Mismatch NoSuchKey
     NoSuchVersion NotFound MethodNotAllowed PreconditionFailed OperationAborted`.split(/\s+/),
  )('%s is about one object, and no fault of ours', (name) => {
    expect(thrown(awsError(name, 400))).not.toBeInstanceOf(IsolationFaultError);
    expect(thrown(awsError(name, 400))).toBeInstanceOf(RetryableError);
  });

  it.each<[string, string]>([
    [
      'InvalidRequest',
      'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
    ],
    ['InvalidRequest', 'The specified copy source is not supported as a byte-range copy source'],
    ['InvalidRequest', 'The object was stored using a form of Server Side Encryption.'],
    ['InvalidArgument', 'Invalid version id specified'],
    ['InvalidRequest', 'Object is WORM protected and cannot be overwritten'],
  ])('%s is about one object where S3 says: %s', (name, message) => {
    expect(thrown(awsError(name, 400, message))).not.toBeInstanceOf(IsolationFaultError);
  });

  it.each<[string, number | undefined]>([
    ['Unknown', 404],
    ['Unknown', 405],
    ['Unknown', 412],
    ['Unknown', 429],
    ['Unknown', 503],
    ['Unknown', 500],
    ['SlowDown', 503],
    ['KMS.ThrottlingException', 400],
    ['InternalError', 500],
    ['RequestTimeout', 400],
    ['SomethingNew', 408],
    ['SomethingNew', 502],
    ['ECONNRESET', undefined],
  ])('%s (%s) passes by itself or answers what was asked, and is no fault of ours', (name, status) => {
    const error = thrown(awsError(name, status));

    expect(error).toBeInstanceOf(RetryableError);
    expect(error).not.toBeInstanceOf(IsolationFaultError);
    expect(error.message).toBe('PutObject failed');
  });
});
