import { describe, expect, it } from 'vitest';
import { errorCode, HandedBackError, RefusedError, RetryableError } from '../../../src/core/errors.ts';
import {
  alertIsDue,
  type Outcome,
  type OutcomeName,
  objectiveOf,
  outcomeReasons,
  readableAfter,
  reasonText,
  settledBy,
} from '../../../src/core/outcome.ts';
import { everyOutcome } from '../../support/every-outcome.ts';

const settles: Record<OutcomeName, ['delete' | 'park', boolean]> = {
  isolated: ['delete', true],
  already_isolated: ['delete', false],
  dry_run: ['delete', true],
  alerted: ['delete', true],
  ignored: ['delete', false],
  released: ['delete', false],
  changed: ['delete', true],
  gone: ['delete', true],
  retained: ['park', true],
  refused: ['park', true],
  rejected: ['park', true],
};

describe('an outcome', () => {
  it.each(everyOutcome)('$name $reason is settled and told as the table says', (outcome) => {
    const [settled, told] = settles[outcome.name];

    expect(settledBy(outcome)).toBe(settled);
    expect(alertIsDue(outcome)).toBe(told);
  });

  it.each<[Outcome, string, string]>([
    [{ name: 'isolated' }, 'no', 'met'],
    [{ name: 'retained', reason: 'locked' }, 'yes', 'missed'],
    [{ name: 'refused', reason: 'verification-failed' }, 'yes', 'missed'],
    [{ name: 'refused', reason: 'sse-c' }, 'unknown', 'missed'],
    [{ name: 'refused', reason: 'source-key-unusable' }, 'unknown', 'missed'],
    [{ name: 'refused', reason: 'retries-exhausted' }, 'unknown', 'missed'],
    [{ name: 'refused', reason: 'no-such-bucket' }, 'no', 'outside'],
    [{ name: 'dry_run' }, 'unknown', 'outside'],
    [{ name: 'gone', reason: 'source-absent' }, 'no', 'outside'],
  ])('%j says whether the data can be read (%s) and how it counts (%s)', (outcome, readable, objective) => {
    expect(readableAfter(outcome)).toBe(readable);
    expect(objectiveOf(outcome)).toBe(objective);
  });

  it('parks nothing without a reason', () => {
    for (const [name, [settled]] of Object.entries(settles)) {
      if (settled === 'park') expect(outcomeReasons[name as OutcomeName].length).toBeGreaterThan(0);
    }
  });

  it('has short kebab-case reasons, which a metric label can carry', () => {
    for (const reason of Object.values(outcomeReasons).flat()) expect(reason).toMatch(/^[a-z0-9-]{1,40}$/);
  });

  it("gives the last error's name as reason where there is one", () => {
    expect(reasonText({ name: 'isolated' })).toBeUndefined();
    expect(reasonText({ name: 'refused', reason: 'sse-c' })).toBe('sse-c');
    expect(reasonText({ name: 'refused', reason: 'retries-exhausted', lastError: 'SlowDown' })).toBe(
      'SlowDown',
    );
  });
});

describe('errorCode', () => {
  it('names an error by its code or class, never by its message', () => {
    expect(errorCode(new RetryableError('SlowDown', 'secret'))).toBe('SlowDown');
    expect(errorCode(new RefusedError('sse-c', 'secret'))).toBe('RefusedError');
    expect(errorCode(new HandedBackError())).toBe('HandedBack');
    expect(errorCode(new TypeError('secret'))).toBe('TypeError');
    expect(errorCode('secret')).toBe('UnknownError');
  });
});
