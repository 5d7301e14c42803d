import { describe, expect, it } from 'vitest';
import { errorCode, HandedBackError, RefusedError, RetryableError } from '../../../src/core/errors.ts';
import {
  alertIsDue,
  type OutcomeName,
  objectiveOf,
  outcomeReasons,
  outcomes,
  type Readable,
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
  held: ['delete', true],
  rejected: ['park', true],
};

describe('an outcome', () => {
  it.each(everyOutcome)('$name $reason is settled and told as the table says', (outcome) => {
    const [settled, told] = settles[outcome.name];

    expect(settledBy(outcome)).toBe(settled);
    expect(alertIsDue(outcome)).toBe(told);
  });

  const readable: Record<OutcomeName, Readable | Readonly<Record<string, Readable>>> = {
    isolated: 'no',
    already_isolated: 'no',
    dry_run: 'unknown',
    alerted: 'unknown',
    ignored: {
      sample: 'no',
      archived: 'unknown',
      'policy-finding': 'unknown',
      'isolation-bucket': 'no',
      rule: 'unknown',
    },
    released: 'yes',
    changed: 'no',
    gone: { 'source-absent': 'no', 'copy-unverified': 'no' },
    retained: {
      locked: 'yes',
      'legal-hold': 'yes',
      'mfa-delete': 'yes',
      'delete-denied': 'yes',
      'unguardable-null-version': 'yes',
      'conditional-delete-unsupported': 'yes',
      'retries-exhausted': 'unknown',
    },
    refused: {
      'access-denied': 'unknown',
      'archived-storage-class': 'yes',
      'cross-region': 'unknown',
      'no-role': 'unknown',
      'no-such-bucket': 'no',
      'requester-pays': 'unknown',
      'source-key-unusable': 'unknown',
      'sse-c': 'unknown',
      'unverifiable-size': 'yes',
      'verification-failed': 'yes',
      'wrong-owner': 'unknown',
      'retries-exhausted': 'unknown',
    },
    held: { 'rule-limit': 'yes', 'bucket-limit': 'yes' },
    rejected: {
      'not-json': 'unknown',
      'not-a-finding': 'unknown',
      'no-finding-id': 'unknown',
      'unsupported-type': 'unknown',
      'no-identity': 'unknown',
      'not-confirmed': 'unknown',
    },
  };

  it.each(everyOutcome)('$name $reason says whether the flagged data can still be read', (outcome) => {
    const answer = readable[outcome.name];
    const expected = typeof answer === 'string' ? answer : answer['reason' in outcome ? outcome.reason : ''];

    expect(readableAfter(outcome)).toBe(expected);
  });

  it.each(everyOutcome)('$name $reason counts in the objective by what is exposed', (outcome) => {
    const isExposed =
      ['retained', 'refused', 'held'].includes(outcome.name) && readableAfter(outcome) !== 'no';
    const expected = isExposed ? 'missed' : 'outside';

    expect(objectiveOf(outcome)).toBe(outcome.name === 'isolated' ? 'met' : expected);
  });

  // Rules of users match these words, so they never change.
  const detailTypes: Record<OutcomeName, string> = {
    isolated: 'Object Isolated',
    already_isolated: 'Object Already Isolated',
    dry_run: 'Object Isolation Rehearsed',
    alerted: 'Object Kept By Policy',
    ignored: 'Finding Ignored',
    released: 'Object Released Before',
    changed: 'Object Changed',
    gone: 'Object Gone',
    retained: 'Object Retained',
    refused: 'Object Isolation Refused',
    held: 'Object Held',
    rejected: 'Finding Rejected',
  };

  it('has the detail type that rules of users match', () => {
    const told = Object.entries(outcomes).map(([name, { detailType }]) => [name, detailType]);

    expect(Object.fromEntries(told)).toStrictEqual(detailTypes);
  });

  it.each(everyOutcome)('$name $reason is told unless a rule may ask for silence about it', (outcome) => {
    const mayBeQuiet = ['isolated', 'dry_run', 'alerted'].includes(outcome.name);

    expect(alertIsDue(outcome, true)).toBe(settles[outcome.name][1] && !mayBeQuiet);
  });

  it('is no miss where a proved fence contains the data', () => {
    expect(objectiveOf({ name: 'retained', reason: 'locked' }, true)).toBe('outside');
    expect(objectiveOf({ name: 'isolated' }, true)).toBe('met');
  });

  it('has a meaning that people can read', () => {
    for (const { meaning } of Object.values(outcomes)) expect(meaning).toMatch(/^[A-Z`].{10,}\.$/);
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
