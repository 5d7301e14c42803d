import { describe, expect, it } from 'vitest';
import {
  judgeEncryption,
  judgeLock,
  judgePublicAccess,
  judgeVersioning,
} from '../../../../../src/core/operate/doctor/judge-bucket.ts';
import {
  judgeAdministrator,
  judgePublishing,
  judgeSession,
} from '../../../../../src/core/operate/doctor/judge-macie.ts';
import { judgeClock, judgeRegion } from '../../../../../src/core/operate/doctor/judge-place.ts';
import {
  judgeQueuePolicy,
  judgeRedrive,
  judgeRetention,
} from '../../../../../src/core/operate/doctor/judge-queue.ts';
import { judgeRules, type RuleSeen } from '../../../../../src/core/operate/doctor/judge-rules.ts';
import { judgeTopic } from '../../../../../src/core/operate/doctor/judge-topic.ts';
import { runChecks } from '../../../../../src/core/operate/doctor/run-checks.ts';
import {
  look,
  ok,
  problemsOr,
  unknown,
  type Verdict,
  wrong,
} from '../../../../../src/core/operate/doctor/verdict.ts';

const rule = (overrides: Partial<RuleSeen> = {}): RuleSeen => ({
  name: 'findings',
  isEnabled: true,
  pattern: '{"source":["aws.macie"]}',
  changesInput: false,
  keepsUndelivered: true,
  targetId: 'findings-queue',
  ...overrides,
});
const redrive = (policy: unknown) => ({ RedrivePolicy: JSON.stringify(policy) });
const allows = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage' };
const denies = { Effect: 'Deny', Principal: '*', Action: 'sqs:SendMessage' };
const queuePolicy = (...Statement: unknown[]) => ({ Policy: JSON.stringify({ Statement }) });
const now = new Date('2026-11-28T12:00:00Z');
const after = (seconds: number) => new Date(now.getTime() + seconds * 1000);

describe('a check of an installation says', () => {
  it.each<[string, Verdict, Verdict['state']]>([
    [
      'a queue in another region',
      judgeRegion('eu-west-1', { bucket: 'eu-west-1', queue: 'us-east-1' }),
      'wrong',
    ],
    [
      'a bucket in another region',
      judgeRegion('eu-west-1', { bucket: 'us-east-1', queue: undefined }),
      'wrong',
    ],
    ['one region', judgeRegion('eu-west-1', { bucket: 'eu-west-1', queue: 'eu-west-1' }), 'ok'],
    ['a clock that is two minutes fast', judgeClock(after(120), now), 'wrong'],
    ['a clock that is two minutes slow', judgeClock(after(-120), now), 'wrong'],
    ['a clock that is a few seconds off', judgeClock(after(5), now), 'ok'],
    ['Macie paused', judgeSession({ status: 'PAUSED' }), 'wrong'],
    ['Macie not enabled', judgeSession(undefined), 'wrong'],
    ['Macie enabled', judgeSession({ status: 'ENABLED' }), 'ok'],
    ['Macie that publishes nothing', judgePublishing(undefined), 'wrong'],
    [
      'updates every six hours',
      judgePublishing({ status: 'ENABLED', publishingFrequency: 'SIX_HOURS' }),
      'ok',
    ],
    ['a member account', judgeAdministrator('222222222222', '111111111111'), 'look'],
    ['the administrator itself', judgeAdministrator('111111111111', '111111111111'), 'ok'],
    ['an account of its own', judgeAdministrator(undefined, '111111111111'), 'ok'],
    ['no rule', judgeRules([]), 'wrong'],
    ['a disabled rule', judgeRules([rule({ isEnabled: false })]), 'wrong'],
    ['a target with an input', judgeRules([rule({ changesInput: true })]), 'wrong'],
    [
      'a foreign rule beside ours',
      judgeRules([rule(), rule({ name: 'x', pattern: '{"source":["my.app"]}' })]),
      'wrong',
    ],
    ['a target without a dead-letter queue', judgeRules([rule({ keepsUndelivered: false })]), 'look'],
    ['our rule alone', judgeRules([rule()]), 'ok'],
    ['no redrive policy', judgeRedrive({}, 'arn:dlq', 20), 'wrong'],
    [
      'another dead-letter queue',
      judgeRedrive(redrive({ deadLetterTargetArn: 'arn:x', maxReceiveCount: 40 }), 'arn:dlq', 20),
      'wrong',
    ],
    [
      'a redrive before the worker parks',
      judgeRedrive(redrive({ deadLetterTargetArn: 'arn:dlq', maxReceiveCount: '20' }), 'arn:dlq', 20),
      'wrong',
    ],
    [
      'a redrive after the worker parks',
      judgeRedrive(redrive({ deadLetterTargetArn: 'arn:dlq', maxReceiveCount: 40 }), 'arn:dlq', 20),
      'ok',
    ],
    ['a retention of four days', judgeRetention({ MessageRetentionPeriod: '345600' }, 7), 'wrong'],
    ['a retention of seven days', judgeRetention({ MessageRetentionPeriod: '604800' }, 7), 'ok'],
    ['no retention', judgeRetention({}, 7), 'wrong'],
    ['no queue policy', judgeQueuePolicy({}), 'wrong'],
    ['a queue policy without EventBridge', judgeQueuePolicy(queuePolicy(denies)), 'wrong'],
    ['a queue policy that keeps nobody off', judgeQueuePolicy(queuePolicy(allows)), 'wrong'],
    ['a queue policy that does both', judgeQueuePolicy(queuePolicy(allows, denies)), 'ok'],
    ['nobody subscribed', judgeTopic([], 'arn:aws:sns:r:a:alerts'), 'wrong'],
    ['nobody confirmed', judgeTopic([{ isConfirmed: false }], 'arn:aws:sns:r:a:alerts'), 'wrong'],
    [
      'one of two not confirmed',
      judgeTopic([{ isConfirmed: true }, { isConfirmed: false }], 'arn:aws:sns:r:a:alerts'),
      'wrong',
    ],
    ['confirmed subscriptions', judgeTopic([{ isConfirmed: true }], 'arn:aws:sns:r:a:alerts'), 'ok'],
    ['no encryption', judgeEncryption('none', undefined), 'wrong'],
    ['the key of S3', judgeEncryption({ algorithm: 'AES256' }, undefined), 'wrong'],
    ['another key', judgeEncryption({ algorithm: 'aws:kms', kmsKeyId: 'arn:k/1' }, 'arn:k/2'), 'wrong'],
    ['the right key, by its id', judgeEncryption({ algorithm: 'aws:kms', kmsKeyId: 'arn:k/1' }, '1'), 'ok'],
    ['no versioning', judgeVersioning(undefined, 'i'), 'wrong'],
    ['versioning suspended', judgeVersioning('Suspended', 'i'), 'wrong'],
    ['versioning', judgeVersioning('Enabled', 'i'), 'ok'],
    ['no lock', judgeLock('none'), 'ok'],
    ['public access', judgePublicAccess({ isBlocked: false }, 'i'), 'wrong'],
    ['no block of public access', judgePublicAccess('none', 'i'), 'wrong'],
    ['public access blocked', judgePublicAccess({ isBlocked: true }, 'i'), 'ok'],
  ])('of %s', (_, verdict, state) => {
    expect(verdict.state).toBe(state);
    if (verdict.state === 'wrong' || verdict.state === 'look') expect(verdict.mend).not.toBe('');
  });
});

describe('several problems of one check', () => {
  it('are all told, in the state of the worst', () => {
    expect(
      problemsOr(ok(), [
        ok(),
        undefined,
        look('A.', 'Mend A.'),
        wrong('B.', 'mend b'),
        wrong('C.', 'mend b'),
      ]),
    ).toEqual({ state: 'wrong', why: 'A. B. C.', mend: 'Mend A; then: mend b' });
  });

  it('are unknown rather than to be looked at', () => {
    expect(problemsOr(ok(), [look('A.', 'mend a'), unknown('B.')])).toMatchObject({ state: 'unknown' });
    expect(problemsOr(ok(), [unknown('B.')])).toEqual({ state: 'unknown', why: 'B.' });
  });

  it('are none where all is well', () => {
    expect(problemsOr(ok('fine'), [ok(), undefined])).toEqual(ok('fine'));
  });
});

describe('the checks', () => {
  it('go on after one that fails, which is unknown', async () => {
    const checks = [
      { name: 'a', judge: () => Promise.reject(new Error('no')) },
      { name: 'b', judge: async () => ok() },
    ];

    const checked: unknown[] = [];
    for await (const each of runChecks(checks, () => 'failed')) checked.push(each);

    expect(checked).toEqual([
      { check: 'a', verdict: { state: 'unknown', why: 'failed' } },
      { check: 'b', verdict: { state: 'ok' } },
    ]);
  });
});

describe('the lock of the isolation bucket', () => {
  it.each([
    ['days', { mode: 'GOVERNANCE', days: 30 }, 'GOVERNANCE, 30 days'],
    ['a year', { mode: 'GOVERNANCE', years: 1 }, 'GOVERNANCE, 1 year'],
    ['years', { mode: 'COMPLIANCE', years: 7 }, 'COMPLIANCE, 7 years'],
    ['no default retention', {}, 'no default retention'],
  ])('is told where it is %s', (_, found, text) => {
    expect(judgeLock(found)).toEqual(ok(text));
  });
});
