import { describe, expect, it } from 'vitest';
import { CommandError, usageError } from '../../../../src/cli/frame/command-error.ts';
import { explainError } from '../../../../src/cli/frame/explain-error.ts';
import { RetryableError } from '../../../../src/core/errors.ts';

const named = (name: string, more: object = {}) =>
  Object.assign(new Error('foreign text'), { name, ...more });

const answer = (name: string, httpStatusCode: number, more: object = {}) =>
  named(name, { $metadata: { httpStatusCode }, ...more });

describe('an error of a command', () => {
  it.each([
    ['its own sentence and exit code', new CommandError('Do this.', 78), 'Do this.', 78],
    ['usage', usageError('Give that.'), 'Give that.', 2],
    ['missing credentials', named('CredentialsProviderError'), '--profile', 78],
    ['wrong credentials', named('SignatureDoesNotMatch'), '--profile', 78],
    ['expired credentials', named('ExpiredToken'), 'Sign in again', 78],
    ['an absent network', named('Error', { code: 'ECONNREFUSED' }), 'could not be reached', 1],
    ['a denial', named('AccessDenied'), 'denies', 1],
    ['a connection that was cut', named('Error', { code: 'ECONNRESET' }), 'could not be reached', 1],
    ['a socket that was closed', named('Error', { code: 'EPIPE' }), 'could not be reached', 1],
    ['TLS to a plain port', named('Error', { code: 'EPROTO' }), 'could not be reached', 1],
    ['a missing queue', named('QueueDoesNotExist'), 'A queue does not exist. Check QUEUE_URL, DEAD_', 78],
    ['a second deployment', named('ChangeSetNotFoundException'), 'Another deployment runs', 1],
    ['a denial without a text', answer('Unknown', 403), 'denies', 1],
    ['a wrong region without a text', answer('UnknownError', 301), 'another region', 78],
    ['a denial with the page of a proxy', answer('SyntaxError', 403), 'denies', 1],
    ['the page of a proxy', answer('Unknown', 500), 'The answer (HTTP 500) has no text of AWS.', 1],
    [
      'a page where there is none',
      answer('NotFound', 404),
      '(HTTP 404) has no text of AWS. Check --endpoint',
      1,
    ],
    ['a HEAD call that is slowed down', answer('Unknown', 503), 'AWS, or a proxy on the way', 1],
    ['what is no JSON', answer('SyntaxError', 200), 'The answer (HTTP 200) has no text of AWS.', 1],
    ['what is no XML', answer('Error', 200), 'The answer (HTTP 200) has no text of AWS.', 1],
    ['such an answer as a cause', new Error('outer', { cause: answer('Unknown', 502) }), '(HTTP 502)', 1],
    ['an error of AWS', answer('NotFound', 404, { Code: 'NotFound' }), 'failed with NotFound', 1],
    ['an answer that says too little', new RetryableError('AnswerWithoutId', 'a'), 'any proxy', 1],
    ['a sent message without an id', new RetryableError('NoMessageId', 'a'), 'any proxy', 1],
    ['a queue without a depth', new RetryableError('UnknownDepth', 'a'), 'any proxy', 1],
    ['a deleted message that is not named', new RetryableError('NoAnswer', 'a'), 'any proxy', 1],
    ['a listing that comes round', new RetryableError('EndlessListing', 'a'), 'any proxy', 1],
    ['a listing that breaks off', new RetryableError('ListingIncomplete', 'a'), 'any proxy', 1],
    ['a versioning that S3 does not have', new RetryableError('UnknownVersioning', 'a'), 'any proxy', 1],
    ['an error of JSON alone', named('SyntaxError'), 'failed with SyntaxError', 1],
    ['a cause', new Error('outer', { cause: named('NoSuchBucket') }), 'isolation bucket does not exist', 78],
    ['what nobody knows', named('Surprise'), 'failed with Surprise', 1],
    ['what is no error', 'text', 'an unknown error', 1],
  ])('is told as a sentence: %s', (_, error, sentence, code) => {
    const told = explainError(error);

    expect(told.sentence).toContain(sentence);
    expect(told.sentence).not.toContain('foreign text');
    expect(told.exitCode).toBe(code);
  });
});
