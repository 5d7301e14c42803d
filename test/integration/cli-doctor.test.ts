import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkColumns } from '../../src/cli/check-rows.ts';
import { policyKey, prefixes } from '../../src/core/evidence/keys.ts';
import { MacieError } from '../../src/local/macie/macie-error.ts';
import { S3Error } from '../../src/local/s3/s3-error.ts';
import { serviceVersion } from '../../src/version.ts';
import { commandLine } from '../support/command-line.ts';
import { type Installation, startInstallation } from '../support/installation/start-installation.ts';
import { putIntoIsolation, seededRecord, seedRecord } from '../support/seeded-records.ts';

let installation: Installation;
beforeEach(async () => {
  installation = await startInstallation();
});
afterEach(() => installation.close());

type Row = Readonly<Record<'check' | 'state' | 'why' | 'mend', string | null>>;
const everything = ['--canary', '--probe', '--wait', '1m', '--source-bucket', 'lake-raw'];

function run(
  flags: readonly string[] = [],
  more: { env?: Readonly<Record<string, string>>; columns?: number } = {},
) {
  const { env, stackFlags } = installation;
  return commandLine(
    ['doctor', ...stackFlags, ...flags],
    { ...env, ...more.env },
    more.columns === undefined ? {} : { columns: more.columns },
  );
}

async function rows(flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const { code, out, err } = await run([...flags, '--json'], { env });
  const { items } = JSON.parse(out) as { readonly items: readonly Row[] };
  return { code, err, items, of: (check: string) => items.find((each) => each.check === check) };
}

/** Takes out what differs from run to run. */
function steady(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{32}\b/g, '<finding>')
    .replaceAll(/doctor-[0-9a-f]{16}/g, 'doctor-<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
    .replaceAll(/after \d+ s/g, 'after <n> s')
    .replaceAll(/127\.0\.0\.1:\d+/g, '<worker>');
}

const golden = (name: string) => new URL(`golden/doctor-${name}.txt`, import.meta.url).pathname;
const workerUrl = () => ['--url', `http://127.0.0.1:${installation.world.port}`];

/** Everything that a check can find wrong, at once. */
async function breakEverything(): Promise<void> {
  const { setQueueAttributes, state, world } = installation;
  const { account } = world.aws.macie;
  account.status = 'PAUSED';
  account.administrator = '222222222222';
  account.filters.set('f1', {
    id: 'f1',
    name: 'archive-high',
    action: 'ARCHIVE',
    findingCriteria: { criterion: { 'severity.description': { eq: ['High'] } } },
  });
  account.allowLists.set('a1', { id: 'a1', name: 'names' });
  const [rule] = state.rules;
  if (rule) rule.isEnabled = false;
  state.rules.push({
    name: 'foreign',
    isEnabled: true,
    pattern: { source: ['my.app'] },
    targets: [{ Id: 'x', Arn: rule?.targets[0]?.['Arn'] }],
  });
  const { dataPlane } = world.aws;
  await setQueueAttributes(dataPlane.queueUrl, {
    Policy: '{"Statement":[]}',
    MessageRetentionPeriod: '345600',
  });
  await setQueueAttributes(dataPlane.deadLetterQueueUrl, { MessageRetentionPeriod: '86400' });
  const bucket = world.aws.s3.store.bucket(world.isolationBucket);
  bucket.policy = '{"Statement":[]}';
  bucket.defaultKey = 'arn:aws:kms:us-east-1:000000000000:key/another';
  bucket.blocksPublicAccess = false;
  bucket.versioning = 'suspended';
  state.key.state = 'PendingDeletion';
  state.key.rotates = false;
  state.key.policy = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*"}]}';
  state.notAllowed.add('sqs:ReceiveMessage').add('s3:DeleteObjectVersion');
  const [trail] = state.trails;
  if (trail) trail.isLogging = false;
  state.stacks.set('service', { ...state.stacks.get('service'), Version: '0.0.9' });
  state.running.imageTags = ['0.0.8-abababababab'];
  const silent = await installation.createTopic('macie-isolator-silent');
  state.stacks.set('plane', { ...state.stacks.get('plane'), AlarmTopicArn: silent });
}

describe('doctor, of an installation that is well', () => {
  it('says so of each check, as JSON', async () => {
    const { code, err, items } = await rows([...everything, ...workerUrl()]);

    expect(items.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(code).toBe(0);
    expect(err).toMatch(/^\d+ ok, 0 wrong, 0 to look at, 0 could not be checked\.\n$/);
  });

  it('says so at a terminal of 100 columns', async () => {
    const { code, out } = await run([...everything, ...workerUrl()], { columns: 100 });

    expect(code).toBe(0);
    await expect(steady(out)).toMatchFileSnapshot(golden('well-100-columns'));
  });

  it('leaves nothing behind, unless it is asked to try', async () => {
    const { world } = installation;
    const before = world.keys('');
    const calls = world.aws.macie.calls.length;
    const { of } = await rows();

    expect(world.keys('')).toEqual(before);
    expect(world.aws.macie.calls.slice(calls).map(({ operation }) => operation)).not.toContain(
      'CreateSampleFindings',
    );
    expect(of('canary')).toMatchObject({ state: 'unknown', why: expect.stringMatching(/^Not tried/) });
    expect(of('probe')).toMatchObject({ state: 'unknown', why: expect.stringMatching(/^Not tried/) });
  });

  it('tries with a canary that is no record and no copy', async () => {
    const { world } = installation;
    const before = new Set(world.keys(''));
    expect((await rows(['--canary'])).of('canary')).toMatchObject({ state: 'ok' });

    const left = world.keys('').filter((key) => !before.has(key));
    expect(left).toEqual([
      expect.stringMatching(/^control\/probe\/doctor-[0-9a-f]{16}\.json$/),
      expect.stringMatching(/^control\/probe\/doctor-[0-9a-f]{16}\.copy$/),
    ]);
    expect(world.recordKeys()).toEqual([]);
    expect(left.every((key) => key.startsWith(prefixes.control))).toBe(true);
  });

  it('follows a sample finding to its record, and says how long it took', async () => {
    const { of } = await rows(['--probe', '--wait', '1m']);

    expect(of('probe')).toEqual({
      check: 'probe',
      state: 'ok',
      why: expect.stringMatching(
        /^[0-9a-f]{32}: shown by Macie after \d+ s, recorded as ignored after \d+ s$/,
      ),
      mend: null,
    });
    expect(installation.world.recordKeys()).toHaveLength(1);
  });

  it('compares the policy by which the workers decided last', async () => {
    const { world } = installation;
    const bucket = world.bucket();
    const finding = world.finding(await world.upload(bucket, 'a.csv', 'a'));
    await world.put(finding);
    await world.untilSettled(finding.id);
    installation.state.running.service = undefined;

    const { of } = await rows();
    expect(of('macie filters')?.why).toBe('none archives');
    expect(of('worker version')).toMatchObject({ state: 'ok', why: expect.stringContaining('record of') });
  });

  it('compares the policy of the last decision also on a day on which nothing but samples came', async () => {
    const { world } = installation;
    const hash = '0123456789abcdef';
    const policy = { version: 1, rules: [], default: 'isolate' };
    putIntoIsolation(world, policyKey(hash), JSON.stringify({ policy }));
    seedRecord(world, {
      finding: { id: 'a'.repeat(32), createdAt: new Date('2026-11-20T08:00:00Z') },
      decision: { action: 'isolate', rule: 'default', policy: hash },
    });
    const sample = seededRecord({
      finding: { id: 'b'.repeat(32), createdAt: new Date('2026-11-24T08:00:00Z') },
      outcome: { name: 'ignored', reason: 'sample' },
    });
    putIntoIsolation(world, sample.key, JSON.stringify({ ...JSON.parse(sample.json), policy_hash: null }));
    world.aws.macie.account.filters.set('f1', {
      id: 'f1',
      name: 'archive-low',
      action: 'ARCHIVE',
      findingCriteria: { criterion: { 'severity.description': { eq: ['Low'] } } },
    });

    expect((await rows()).of('macie filters')).toMatchObject({
      state: 'wrong',
      why: expect.stringContaining(`of the latest record, ${hash}`),
    });
  });
});

describe('doctor, of the version of the worker', () => {
  it('reads it from the image of the ECS service', async () => {
    const { running } = installation.state;
    running.imageTags = ['0.0.8-abababababab', 'latest'];

    const { of } = await rows();
    expect(of('worker version')).toMatchObject({
      state: 'look',
      why: `The worker is 0.0.8 (image of the ECS service), and this command is ${serviceVersion}.`,
    });
    expect(of('template version')).toMatchObject({ state: 'wrong' });
  });

  it('takes the word of a worker that was named before that of ECS', async () => {
    installation.state.running.imageTags = ['0.0.8'];

    expect((await rows(workerUrl())).of('worker version')).toMatchObject({ state: 'ok' });
  });

  it.each(['ecs:DescribeServices', 'ecs:DescribeTaskDefinition', 'ecr:DescribeImages'])(
    'does not know it without records where %s is denied',
    async (action) => {
      installation.state.denied.add(action);

      expect((await rows()).of('worker version')).toMatchObject({ state: 'unknown' });
    },
  );
});

describe('doctor, of an installation in which everything is broken', () => {
  it('names each fault and how to mend it, and ends with 3', async () => {
    await breakEverything();
    const { code, out } = await run(['--source-bucket', 'lake-raw', '--json'], {
      env: { PARK_AFTER_RECEIVES: '40' },
    });

    expect(code).toBe(3);
    await expect(steady(out)).toMatchFileSnapshot(golden('broken-json'));
  });

  it.each([100, 60])('fits a terminal of %i columns, but breaks no command', async (columns) => {
    await breakEverything();
    const { out } = await run(['--source-bucket', 'lake-raw'], { columns });

    const wide = out.split('\n').filter((line) => [...line].length > columns);
    expect(wide.filter((line) => !/^ *-> (aws|macie-isolator) /.test(line))).toEqual([]);
    await expect(steady(out)).toMatchFileSnapshot(golden(`broken-${columns}-columns`));
  });

  it('finds a store that overwrites', async () => {
    const { world } = installation;
    world.aws.s3.faults.inject({
      kind: { instead: { status: 200, headers: { etag: '"e"' } } },
      when: ({ key, operation }) => operation === 'PutObject' && key.includes('doctor-'),
    });

    expect((await rows(['--canary'])).of('canary')).toMatchObject({
      state: 'wrong',
      why: expect.stringContaining('A record can be overwritten'),
    });
  });
});

describe('doctor, denied everything', () => {
  it('says of each check that it was not made, and why; none is well', async () => {
    const { state, world } = installation;
    for (const action of [
      'kms:DescribeKey',
      'kms:GetKeyPolicy',
      'kms:GetKeyRotationStatus',
      'iam:SimulatePrincipalPolicy',
      'cloudtrail:DescribeTrails',
      'events:ListRuleNamesByTarget',
      'ecs:DescribeServices',
    ]) {
      state.denied.add(action);
    }
    world.aws.macie.refuse(
      ({ operation }) =>
        new MacieError(
          'AccessDeniedException',
          `User: x is not authorized to perform: macie2:${operation} on resource: *`,
        ),
    );
    world.aws.s3.faults.inject({
      kind: new S3Error('AccessDenied', 'User: x is not authorized to perform: s3:Anything on resource: y'),
      when: () => true,
    });
    const { code, items, err } = await rows([...everything], {
      AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:1',
    });

    expect(items.filter(({ state: of }) => of === 'ok' || of === 'wrong').map(({ check }) => check)).toEqual([
      'template version',
    ]);
    expect(code).toBe(0);
    expect(err).toContain('could not be checked');
    await expect(steady(JSON.stringify(items, null, 2))).toMatchFileSnapshot(golden('denied-json'));
  });
});

describe('doctor', () => {
  it('has the fields that docs/cli.md describes', async () => {
    const { items } = await rows();

    expect(checkColumns.map(({ name }) => name)).toEqual(['check', 'state', 'why', 'mend']);
    for (const item of items) {
      expect(Object.keys(item)).toEqual(['check', 'state', 'why', 'mend']);
      expect(['ok', 'wrong', 'look', 'unknown']).toContain(item.state);
      if (item.state === 'ok') expect(item.mend).toBeNull();
      else expect(item.why).toMatch(/\.$/);
      if (item.state === 'wrong' || item.state === 'look') expect(item.mend).not.toBeNull();
    }
    expect(new Set(items.map(({ check }) => check)).size).toBe(items.length);
  });

  it('does not know what only stacks tell, without their names', async () => {
    const { env } = installation;
    const { out } = await commandLine(['doctor', '--json'], env);
    const { items } = JSON.parse(out) as { items: readonly Row[] };
    const unknown = items.filter(({ state }) => state === 'unknown').map(({ check }) => check);

    expect(unknown).toEqual([
      'alarm topic',
      'worker role at sources',
      'worker version',
      'template version',
      'canary',
      'probe',
    ]);
  });

  it('says that a stack does not exist', async () => {
    const { of } = await rows(['--service-stack', 'none']);
    expect(of('template version')).toMatchObject({
      state: 'unknown',
      why: 'The stack none does not exist in this account and region.',
    });
  });

  it.each([301, 403])('knows the region of the bucket from an answer %i too', async (status) => {
    installation.world.aws.s3.faults.inject({
      kind: { instead: { status, headers: { 'x-amz-bucket-region': 'eu-west-1' } } },
      when: ({ operation }) => operation === 'HeadBucket',
    });

    expect((await rows()).of('region')).toEqual({
      check: 'region',
      state: 'wrong',
      why: 'The isolation bucket is in eu-west-1, and this command asks us-east-1.',
      mend: 'Repeat it with --region eu-west-1.',
    });
  });

  it('tells that Macie is not enabled from a denial', async () => {
    installation.world.aws.macie.account.status = 'DISABLED';
    expect((await rows()).of('macie session')).toMatchObject({
      state: 'wrong',
      why: 'Macie is not enabled in this account and region.',
    });
  });

  it.each([
    ['--wait without --probe', ['--wait', '5m']],
    ['a wait that is no time', ['--probe', '--wait', 'soon']],
    ['a worker that has no address', ['--url', 'worker']],
  ])('refuses %s before it asks anything', async (_, flags) => {
    const { code, out } = await commandLine(['doctor', ...flags], { AWS_REGION: 'us-east-1' });
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  it('wants its settings', async () => {
    const { code, err } = await commandLine(['doctor'], { AWS_REGION: 'us-east-1' });
    expect(code).toBe(78);
    expect(err).toContain('QUEUE_URL');
  });
});
