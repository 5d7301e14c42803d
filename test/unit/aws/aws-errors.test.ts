import { describe, expect, it } from 'vitest';
import { errorName, faultOf, faultOfHead, retryable } from '../../../src/aws/aws-errors.ts';
import { RetryableError } from '../../../src/core/errors.ts';

function awsError(name: string, status?: number, message = name): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

describe('an error of S3', () => {
  it.each([
    ['NoSuchKey', 'absent'],
    ['NoSuchVersion', 'absent'],
    ['NoSuchBucket', 'no-such-bucket'],
    ['PreconditionFailed', 'precondition-failed'],
    ['AccessDenied', 'denied'],
    ['NotImplemented', 'unsupported'],
    ['InvalidObjectState', 'refused'],
    ['KMS.DisabledException', 'refused'],
    ['SlowDown', 'retryable'],
    ['InternalError', 'retryable'],
    ['ConditionalRequestConflict', 'retryable'],
    ['ExpiredToken', 'retryable'],
    ['SomethingNew', 'retryable'],
  ])('%s means %s', (name, kind) => {
    expect(faultOf(awsError(name))).toMatchObject({ kind });
  });

  it('is known by its name even where a 200 carried it', () => {
    expect(faultOf(awsError('PreconditionFailed', 503))).toEqual({ kind: 'precondition-failed' });
  });

  it('tells MFA delete and SSE-C by their texts, for they have no names', () => {
    expect(faultOf(awsError('AccessDenied', 403, 'Mfa Authentication must be used'))).toEqual({
      kind: 'mfa-required',
    });
    expect(faultOf(awsError('InvalidRequest', 400, 'stored using a form of Server Side Encryption'))).toEqual(
      { kind: 'refused', reason: 'sse-c' },
    );
    expect(faultOf(awsError('InvalidRequest', 400, 'something else'))).toEqual({ kind: 'retryable' });
  });

  it.each<[string, number, unknown]>([
    ['NotFound', 404, { kind: 'absent' }],
    ['Unknown', 404, { kind: 'absent' }],
    ['Unknown', 405, { kind: 'absent' }],
    ['Unknown', 412, { kind: 'precondition-failed' }],
    ['Unknown', 301, { kind: 'refused', reason: 'cross-region' }],
    ['Unknown', 503, { kind: 'retryable' }],
    ['403', 403, undefined],
    ['Unknown', 400, undefined],
  ])('of HEAD has no body: %s with status %i', (name, status, fault) => {
    expect(faultOfHead(awsError(name, status))).toEqual(fault);
  });

  it('has a name: its own, or the code of a network error', () => {
    expect(errorName(awsError('SlowDown'))).toBe('SlowDown');
    expect(errorName(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
    expect(errorName('text')).toBe('UnknownError');
  });

  it('becomes a retryable one once', () => {
    const first = retryable(awsError('SlowDown'), 'GetObject');

    expect(first).toBeInstanceOf(RetryableError);
    expect(first).toMatchObject({ code: 'SlowDown', message: 'GetObject failed' });
    expect(retryable(first, 'another')).toBe(first);
  });
});
