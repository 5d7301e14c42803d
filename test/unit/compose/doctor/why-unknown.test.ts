import { describe, expect, it } from 'vitest';
import { whyUnknown } from '../../../../src/compose/doctor/why-unknown.ts';
import { RetryableError } from '../../../../src/core/errors.ts';

const $metadata = { httpStatusCode: 200 };
const ofSdk = (name: string, message = '') => Object.assign(new Error(message), { name, $metadata });

describe('why a check could not be made', () => {
  it.each<[string, Error, string]>([
    [
      'an answer of a proxy that the SDK cannot read',
      ofSdk('SyntaxError'),
      'not as AWS gives it (SyntaxError)',
    ],
    ['a date that is none', ofSdk('TypeError'), 'not as AWS gives it (TypeError)'],
    ['an answer that lacks something', new RetryableError('AnswerWithoutList', ''), '(AnswerWithoutList)'],
    [
      'a listing without end',
      new RetryableError('EndlessListing', ''),
      'not as AWS gives it (EndlessListing)',
    ],
    ['an error of AWS', ofSdk('ThrottlingException'), 'The call failed (ThrottlingException).'],
    ['a fault of our own', new TypeError('x is not a function'), 'The call failed (TypeError).'],
    [
      'a denial',
      ofSdk('AccessDenied', 'User: x is not authorized to perform: iam:GetRole on resource: y'),
      'AWS denies iam:GetRole (AccessDenied): use a role that may do it.',
    ],
  ])('of %s', (_, error, sentence) => {
    expect(whyUnknown(error)).toContain(sentence);
  });
});
