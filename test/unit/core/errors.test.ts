import { expect, it } from 'vitest';
import {
  FenceInDoubtError,
  HandedBackError,
  IsolationFaultError,
  PausedError,
  RefusedError,
  RetryableError,
} from '../../../src/core/errors.ts';

const cause = new RetryableError('SlowDown', 'later');

// Operators read these names, codes and texts in logs and dead letters.
it.each<[RetryableError, string, string, string]>([
  [cause, 'RetryableError', 'SlowDown', 'later'],
  [new IsolationFaultError('AccessDenied', 'no'), 'IsolationFaultError', 'AccessDenied', 'no'],
  [new HandedBackError(), 'HandedBackError', 'HandedBack', 'the copy is left to be resumed'],
  [
    new PausedError(),
    'PausedError',
    'Paused',
    'the service is paused, and the finding goes back to the queue',
  ],
  [
    new FenceInDoubtError(cause),
    'FenceInDoubtError',
    'SlowDown',
    'the tag of a fence may be left on other bytes',
  ],
])('%o says what it is', (error, name, code, text) => {
  expect(error).toMatchObject({ name, code, message: text });
});

it('an error keeps its cause', () => {
  expect(new FenceInDoubtError(cause).cause).toBe(cause);
  expect(new RetryableError('Later', 'later', { cause }).cause).toBe(cause);
  expect(new RefusedError('sse-c', 'no', { cause })).toMatchObject({
    name: 'RefusedError',
    reason: 'sse-c',
    message: 'no',
    cause,
  });
});
