import { describe, expect, it } from 'vitest';
import { type IsolationCall, retryableAtIsolation } from '../../../../src/aws/sdk/isolation-faults.ts';
import { IsolationFaultError, RetryableError } from '../../../../src/core/errors.ts';

const awsError = (name: string, status?: number, message = name) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });

const calls: readonly IsolationCall[] = ['copy', 'list', 'put', 'read'];
const ofAll = <Row extends readonly unknown[]>(rows: readonly Row[]) =>
  calls.flatMap((call) => rows.map((row) => [call, ...row] as const));
const thrown = (error: unknown, call: IsolationCall) => retryableAtIsolation(error, 'The call', call);
const words = (text: string) => text.split(/\s+/);

describe('an error of the isolation side', () => {
  it.each([
    ...ofAll<[string, number]>([
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
      // No version of the isolation bucket is named.
      ['MethodNotAllowed', 405],
      ['Unknown', 405],
    ]),
    // What the worker itself makes is refused for all puts alike.
    ...words(
      `BadDigest EntityTooSmall IncompleteBody InvalidDigest InvalidTag MetadataTooLarge
       RequestHeaderSectionTooLarge XAmzContentSHA256Mismatch`,
    ).map((name) => ['put', name, 400] as const),
    ...(['copy', 'list', 'put'] as const).flatMap((call) =>
      ['NoSuchKey', 'NoSuchVersion', 'NotFound', 'Unknown'].map((name) => [call, name, 404] as const),
    ),
    ['copy', 'EntityTooLarge', 400] as const,
  ])('of a %s, %s (%i), would meet every object, and is ours to mend', (call, name, status) => {
    const error = awsError(name, status);

    expect(thrown(error, call)).toBeInstanceOf(IsolationFaultError);
    expect(thrown(error, call)).toMatchObject({
      cause: error,
      message: 'The call is refused by the isolation side',
    });
  });

  it.each([
    ...ofAll(
      words('ConditionalRequestConflict KeyTooLongError PreconditionFailed OperationAborted').map(
        (name): [string, number] => [name, 400],
      ),
    ),
    ...(['copy', 'list', 'read'] as const).flatMap((call) =>
      words(
        `BadDigest EntityTooSmall IncompleteBody InvalidDigest InvalidObjectState InvalidPart InvalidPartOrder
         InvalidRange InvalidTag MetadataTooLarge NoSuchUpload ObjectNotInActiveTierError
         RequestHeaderSectionTooLarge XAmzContentSHA256Mismatch`,
      ).map((name) => [call, name, 400] as const),
    ),
    ...(['list', 'put', 'read'] as const).map((call) => [call, 'EntityTooLarge', 400] as const),
    ...['NoSuchKey', 'NoSuchVersion', 'NotFound', 'Unknown'].map((name) => ['read', name, 404] as const),
    ...[409, 413, 414].map((status) => ['put', 'Unknown', status] as const),
  ])('of a %s, %s (%i), is about one object, and no fault of ours', (call, name, status) => {
    expect(thrown(awsError(name, status), call)).not.toBeInstanceOf(IsolationFaultError);
    expect(thrown(awsError(name, status), call)).toBeInstanceOf(RetryableError);
  });

  it.each(
    ofAll<[string, string]>([
      [
        'InvalidRequest',
        'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
      ],
      ['InvalidRequest', 'The specified copy source is not supported as a byte-range copy source'],
      ['InvalidRequest', 'The object was stored using a form of Server Side Encryption.'],
      ['InvalidArgument', 'Invalid version id specified'],
      ['InvalidRequest', 'Object is WORM protected and cannot be overwritten'],
      [
        'InvalidRequest',
        'The source of a copy request may not specifically refer to a delete marker by version id.',
      ],
    ]),
  )('of a %s, %s, is about one object where S3 says: %s', (call, name, message) => {
    expect(thrown(awsError(name, 400, message), call)).not.toBeInstanceOf(IsolationFaultError);
  });

  it.each(
    ofAll<[string, number | undefined]>([
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
    ]),
  )(
    'of a %s, %s (%s), passes by itself or answers what was asked, and is no fault of ours',
    (call, name, status) => {
      const error = thrown(awsError(name, status), call);

      expect(error).toBeInstanceOf(RetryableError);
      expect(error).not.toBeInstanceOf(IsolationFaultError);
      expect(error.message).toBe('The call failed');
    },
  );
});
