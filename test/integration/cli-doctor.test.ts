import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LocalAws, startLocalAws } from '../../src/local/local-aws.ts';
import { commandLine } from '../support/command-line.ts';

let aws: LocalAws;
beforeEach(async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'local';
  aws = await startLocalAws();
});
afterEach(() => aws.close());

type Row = Readonly<Record<'check' | 'state' | 'why' | 'mend', string | null>>;
async function doctor(env: Readonly<Record<string, string>> = {}) {
  const { code, err, out } = await commandLine(['doctor', '--json'], { ...aws.workerEnvironment, ...env });
  const { items } = JSON.parse(out) as { items: readonly Row[] };
  return { code, err, items, row: (check: string) => items.find((each) => each.check === check) };
}

it('doctor makes every check, and tells apart what is well and what could not be checked', async () => {
  const { code, err, items } = await doctor();

  const states = Object.fromEntries(items.map(({ check, state }) => [check, state]));
  expect(states).toMatchObject({
    credentials: 'ok',
    region: 'ok',
    clock: 'ok',
    'macie session': 'ok',
    'macie filters': 'ok',
    'queue redrive': 'ok',
    'queue retention': 'ok',
    'dead-letter retention': 'ok',
    'bucket versioning': 'ok',
    'alert topic': 'ok',
    // The stand-in knows no settings of buckets and no rules: that is never taken for health.
    rule: 'unknown',
    'bucket encryption': 'unknown',
    'isolation key': 'unknown',
    trail: 'unknown',
    'worker role': 'unknown',
    'worker version': 'unknown',
  });
  expect(code).toBe(items.some(({ state }) => state === 'wrong') ? 3 : 0);
  expect(err).toMatch(/^\d+ ok, \d+ wrong, \d+ to look at, \d+ could not be checked\.\n$/);
});

it('doctor ends with 3 where something is wrong, says how to mend it, and goes on', async () => {
  aws.macie.account.status = 'PAUSED';
  aws.macie.account.filters.set('f1', {
    id: 'f1',
    name: 'archive-high',
    action: 'ARCHIVE',
    findingCriteria: { criterion: { 'severity.description': { eq: ['High'] } } },
  });
  aws.macie.account.filters.set('f2', {
    id: 'f2',
    name: 'own',
    action: 'ARCHIVE',
    findingCriteria: { criterion: { 'resourcesAffected.s3Bucket.name': { eq: ['isolation'] } } },
  });

  const { code, items, row } = await doctor({ PARK_AFTER_RECEIVES: '40' });

  expect(code).toBe(3);
  expect(row('macie session')).toEqual({
    check: 'macie session',
    state: 'wrong',
    why: 'Macie is paused: it finds nothing.',
    mend: 'aws macie2 update-macie-session --status ENABLED',
  });
  expect(row('macie filters')).toMatchObject({
    state: 'wrong',
    why: expect.stringContaining('“archive-high” archives findings that rule high-severity'),
  });
  expect(row('queue redrive')).toMatchObject({ state: 'wrong' });
  expect(row('alert topic')).toMatchObject({ state: 'ok' });
  expect(items.at(-1)).toMatchObject({ check: 'template version' });
});

it('doctor tells that Macie is not enabled from a denial', async () => {
  aws.macie.account.status = 'DISABLED';
  expect((await doctor()).row('macie session')).toMatchObject({
    state: 'wrong',
    why: 'Macie is not enabled in this account and region.',
  });
});

it('doctor goes on without STS, and names what could not be checked', async () => {
  const { row } = await doctor({ AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' });

  expect(row('credentials')).toMatchObject({ state: 'unknown', mend: null });
  expect(row('region')).toMatchObject({ state: 'ok' });
});

it('doctor wants its settings', async () => {
  const { code, err } = await commandLine(['doctor'], { AWS_REGION: 'us-east-1' });
  expect(code).toBe(78);
  expect(err).toContain('QUEUE_URL');
});
