import { describe, expect, it } from 'vitest';
import { endpointOf } from '../../../../../src/core/deploy/image.ts';
import { judgeImage } from '../../../../../src/core/deploy/judge/judge-image.ts';
import { judgeSubnets, judgeVpcs } from '../../../../../src/core/deploy/judge/judge-network.ts';
import { judgeAccount, judgeWantedRegion } from '../../../../../src/core/deploy/judge/judge-place.ts';
import {
  judgeEcsRole,
  judgeNames,
  judgeTrailBefore,
} from '../../../../../src/core/deploy/judge/judge-prerequisites.ts';
import { judgeWantedSession } from '../../../../../src/core/deploy/judge/judge-wanted-session.ts';
import type { Verdict } from '../../../../../src/core/operate/doctor/verdict.ts';

const caller = 'arn:aws:sts::111122223333:assumed-role/deploy/ada';
const found = (id: string, zone: string, vpc = 'vpc-1') => ({ id, found: { zone, vpc } });
const trail = (overrides = {}) => ({ name: 'org', isLogging: true, logsChanges: true, ...overrides });
const session = (status: string) => ({ status });
const seen = (...platforms: string[]) => ({ kind: 'found', platforms }) as const;

describe('a check before a deployment says', () => {
  it.each<[string, Verdict, Verdict['state'], RegExp]>([
    ['any account', judgeAccount(caller, undefined), 'ok', /111122223333/],
    ['the account of the answers', judgeAccount(caller, '111122223333'), 'ok', /ada/],
    ['another account', judgeAccount(caller, '444455556666'), 'wrong', /account 111122223333.*444455556666/],
    ['any region', judgeWantedRegion('eu-west-1', undefined, []), 'ok', /eu-west-1/],
    ['another region', judgeWantedRegion('eu-west-1', 'us-east-1', []), 'wrong', /answers are for us-east-1/],
    [
      'a region without the types',
      judgeWantedRegion('eu-west-1', undefined, ['AWS::Macie::Session']),
      'wrong',
      /no AWS::Macie::Session in eu-west-1/,
    ],
    ['Macie to be enabled', judgeWantedSession('enable', undefined, false), 'ok', /will be enabled/],
    ['Macie that is on', judgeWantedSession('enable', session('ENABLED'), false), 'wrong', /enabled already/],
    ['Macie that the stack enabled', judgeWantedSession('enable', session('ENABLED'), true), 'ok', /^$/],
    ['Macie of the stack, paused', judgeWantedSession('enable', session('PAUSED'), true), 'wrong', /paused/],
    [
      'Macie that somebody disabled',
      judgeWantedSession('enable', undefined, true),
      'look',
      /disabled outside/,
    ],
    ['Macie on as answered', judgeWantedSession('enabled', session('ENABLED'), false), 'ok', /^$/],
    ['Macie off against the answer', judgeWantedSession('enabled', undefined, false), 'wrong', /not enabled/],
    ['Macie paused', judgeWantedSession('enabled', session('PAUSED'), false), 'wrong', /paused/],
    ['Macie off, and by hand', judgeWantedSession('by-hand', undefined, false), 'wrong', /not enabled/],
    ['Macie elsewhere', judgeWantedSession('elsewhere', undefined, false), 'ok', /elsewhere/],
    ['free names', judgeNames([]), 'ok', /^$/],
    ['a queue name that is taken', judgeNames(['a-findings']), 'wrong', /taken.*a-findings/],
    ['the role of ECS', judgeEcsRole(true), 'ok', /^$/],
    ['no role of ECS', judgeEcsRole(false), 'wrong', /service-linked role/],
    ['a trail', judgeTrailBefore([trail()], false), 'ok', /org/],
    ['no trail', judgeTrailBefore([], false), 'look', /No trail/],
    ['a trail that is off', judgeTrailBefore([trail({ isLogging: false })], false), 'look', /stopped/],
    [
      'a trail that is hidden',
      judgeTrailBefore([{ name: 'org', unknown: 'Denied.' }], true),
      'unknown',
      /org/,
    ],
    ['a trail of reads', judgeTrailBefore([trail({ logsChanges: false })], false), 'look', /No trail/],
    ['a trail to come', judgeTrailBefore([], true), 'ok', /makes one/],
    ['two zones', judgeSubnets([found('a', '1a'), found('b', '1b')]), 'ok', /1a, 1b/],
    ['one zone', judgeSubnets([found('a', '1a'), found('b', '1a')]), 'wrong', /All subnets are in 1a/],
    ['a subnet of elsewhere', judgeSubnets([found('a', '1a'), { id: 'b' }]), 'wrong', /do not exist here: b/],
    [
      'two networks',
      judgeSubnets([found('a', '1a'), found('b', '1b', 'vpc-2')]),
      'wrong',
      /several networks: vpc-1, vpc-2/,
    ],
    ['room for a network', judgeVpcs(4), 'ok', /4 of 5/],
    ['no room for a network', judgeVpcs(5), 'look', /5 networks/],
    ['the platform', judgeImage(seen('linux/amd64', 'linux/arm64'), 'ARM64'), 'ok', /linux\/arm64/],
    ['another platform', judgeImage(seen('linux/amd64'), 'ARM64'), 'wrong', /tasks are ARM64/],
    ['no platform', judgeImage(seen(), 'X86_64'), 'wrong', /no platform/],
    ['no image', judgeImage({ kind: 'not-found', why: 'It is gone.' }, 'ARM64'), 'wrong', /It is gone/],
    [
      'a registry that is away',
      judgeImage({ kind: 'not-asked', why: 'It broke.' }, 'ARM64'),
      'unknown',
      /broke/,
    ],
  ])('%s', (_, verdict, state, why) => {
    expect(verdict.state).toBe(state);
    expect(verdict.state === 'ok' ? (verdict.note ?? '') : verdict.why).toMatch(why);
  });

  it('how to mend the architecture where the image is for the other one', () => {
    expect(judgeImage(seen('linux/amd64'), 'ARM64')).toMatchObject({ mend: 'Add --architecture X86_64.' });
    expect(judgeImage(seen('linux/s390x'), 'ARM64')).toMatchObject({ mend: 'Build it for linux/arm64.' });
  });
});

it.each([
  ['aws', 'https://ec2.eu-central-1.amazonaws.com'],
  ['aws-cn', 'https://ec2.eu-central-1.amazonaws.com.cn'],
])('the host of a service follows the partition %s', (partition, endpoint) => {
  expect(endpointOf('ec2', { partition, region: 'eu-central-1' })).toBe(endpoint);
});
