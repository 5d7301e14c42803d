import { describe, expect, it } from 'vitest';
import {
  judgeKeyState,
  judgeRotation,
  type KeySeen,
} from '../../../../../src/core/operate/doctor/judge-key.ts';
import { judgeRole, type Simulated } from '../../../../../src/core/operate/doctor/judge-role.ts';
import { judgeTrails, type TrailSeen } from '../../../../../src/core/operate/doctor/judge-trail.ts';
import {
  judgeTemplateVersions,
  judgeWorkerVersions,
} from '../../../../../src/core/operate/doctor/judge-versions.ts';
import type { Verdict } from '../../../../../src/core/operate/doctor/verdict.ts';

const key = (overrides: Partial<KeySeen> = {}): KeySeen => ({
  arn: 'arn:aws:kms:r:a:key/1',
  state: 'Enabled',
  isOfAws: false,
  hasOwnMaterial: false,
  ...overrides,
});
const simulated = (overrides: Partial<Simulated> = {}): Simulated => ({
  action: 'sqs:ReceiveMessage',
  need: { to: 'work off the findings queue', actions: [], resource: 'arn' },
  isAllowed: true,
  missingContext: [],
  ...overrides,
});
const trail = (overrides: object = {}): TrailSeen => ({
  name: 'audit',
  isLogging: true,
  logsChanges: true,
  ...overrides,
});
const hidden: TrailSeen = { name: 'of-the-organization', unknown: 'AWS denies the call.' };
const stack = (version: string | undefined) => ({ stack: 'plane', version });
const worker = { version: '1.0.0', from: 'the worker' };

describe('a check of an installation says', () => {
  it.each<[string, Verdict, Verdict['state'], RegExp]>([
    ['an enabled key', judgeKeyState(key()), 'ok', /key\/1/],
    [
      'a key that is being deleted',
      judgeKeyState(key({ state: 'PendingDeletion' })),
      'wrong',
      /cancel-key-deletion/,
    ],
    ['a disabled key', judgeKeyState(key({ state: 'Disabled' })), 'wrong', /aws kms enable-key --key-id arn/],
    ['a key without material', judgeKeyState(key({ state: 'PendingImport' })), 'wrong', /PendingImport/],
    ['a key of AWS', judgeKeyState(key({ isOfAws: true })), 'wrong', /AWS manages/],
    ['a key that rotates', judgeRotation(key(), true), 'ok', /^/],
    ['a key that never rotates', judgeRotation(key(), false), 'look', /enable-key-rotation/],
    [
      'a key of imported material',
      judgeRotation(key({ hasOwnMaterial: true }), false),
      'ok',
      /does not rotate/,
    ],
    ['a role that may all', judgeRole([simulated()], 'mend'), 'ok', /1 actions/],
    [
      'a role that lacks an action',
      judgeRole([simulated(), simulated({ isAllowed: false })], 'mend'),
      'wrong',
      /may not work off the findings queue: sqs:ReceiveMessage\./,
    ],
    [
      'a role whose organization denies',
      judgeRole([simulated({ isAllowed: false, by: 'the organization' })], 'mend'),
      'wrong',
      /denied by the organization/,
    ],
    [
      'a role of which IAM could not decide',
      judgeRole([simulated({ isAllowed: false, missingContext: ['aws:SourceVpc'] })], 'mend'),
      'unknown',
      /without aws:SourceVpc/,
    ],
    ['a trail', judgeTrails([trail({ isLogging: false, name: 'old' }), hidden, trail()]), 'ok', /audit/],
    ['no trail', judgeTrails([]), 'look', /audit\.yaml/],
    ['a trail of reads alone', judgeTrails([trail({ logsChanges: false })]), 'look', /No trail/],
    ['a stopped trail', judgeTrails([trail({ isLogging: false })]), 'wrong', /start-logging --name audit/],
    [
      'a trail that cannot write',
      judgeTrails([trail({ deliveryError: 'AccessDenied' })]),
      'wrong',
      /AccessDenied/,
    ],
    ['a trail that hides', judgeTrails([hidden]), 'unknown', /of-the-organization/],
    ['a worker of this version', judgeWorkerVersions([worker], '1.0.0'), 'ok', /1\.0\.0/],
    [
      'a worker of another version',
      judgeWorkerVersions([worker], '2.0.0'),
      'look',
      /this command is 2\.0\.0/,
    ],
    ['no worker', judgeWorkerVersions([], '1.0.0'), 'unknown', /--url/],
    [
      'templates of the worker’s version',
      judgeTemplateVersions([stack('1.0.0')], worker),
      'ok',
      /plane 1\.0\.0, as the worker/,
    ],
    [
      'older templates',
      judgeTemplateVersions([stack('0.9.0')], worker),
      'wrong',
      /plane 0\.9\.0; the worker 1\.0\.0/,
    ],
    [
      'templates from before versions',
      judgeTemplateVersions([stack(undefined)], worker),
      'wrong',
      /is older than/,
    ],
    ['no stack', judgeTemplateVersions([], worker), 'unknown', /--stack/],
  ])('of %s', (_, verdict, state, text) => {
    expect(verdict.state).toBe(state);
    expect(Object.values(verdict).join(' ')).toMatch(text);
  });
});
