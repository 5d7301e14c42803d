import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localAccount } from '../../src/local/account.ts';
import { type SettingsServices, startSettingsServices } from '../../src/local/settings-services.ts';
import { commandLine } from '../support/command-line.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let services: SettingsServices;

beforeAll(async () => {
  world = await startWorld();
  const { DEAD_LETTER_QUEUE_URL = '', ISOLATION_BUCKET = '', QUEUE_URL = '' } = world.aws.workerEnvironment;
  services = await startSettingsServices({
    parameters: {
      '/macie-isolator/QUEUE_URL': QUEUE_URL,
      '/macie-isolator/ISOLATION_BUCKET': ISOLATION_BUCKET,
      '/macie-isolator/DEAD_LETTER_QUEUE_URL': DEAD_LETTER_QUEUE_URL,
      '/macie-isolator/inner/QUEUE_URL': 'not directly under the path',
    },
    stacks: { 'data-plane': { QueueUrl: QUEUE_URL, IsolationBucketName: ISOLATION_BUCKET } },
  });
});
afterAll(async () => {
  await services.close();
  await world.close();
});

/** One isolated object; answers its finding's id. */
async function isolated(key: string, bucket = world.bucket()): Promise<{ id: string; bucket: string }> {
  const object = await world.upload(bucket, key, 'name\nnobody\n');
  const finding = world.finding(object);
  await world.put(finding);
  await world.untilSettled(finding.id);
  expect(world.text(bucket, key)).toBeUndefined();
  return { id: finding.id, bucket };
}

const release = (ids: readonly string[], flags: readonly string[], answers?: string) =>
  commandLine(
    ['release', ...ids, '--reason', 'synthetic data', '--no-wait', ...flags],
    { ...world.aws.workerEnvironment },
    answers === undefined ? {} : { answers },
  );

describe('macie-isolator release', () => {
  it('puts the object of a finding back and writes who and why', async () => {
    const { bucket, id } = await isolated('in/a.csv');

    const run = await release([id], ['--yes', '--who', 'Ada', '--json']);

    expect(run).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(run.out)).toMatchObject({
      items: [{ finding_id: id, result: 'released', bucket, key: 'in/a.csv' }],
    });
    expect(world.text(bucket, 'in/a.csv')).toBe('name\nnobody\n');
    const [record = ''] = world.keys(`releases/`).filter((key) => key.includes(`/${bucket}/`));
    expect(JSON.parse(world.text(world.isolationBucket, record) ?? '')).toMatchObject({
      who: 'Ada',
      why: 'synthetic data',
      finding_id: id,
    });
  });

  it('without --who, writes whose AWS credentials put the object back', async () => {
    const { bucket, id } = await isolated('in/whose.csv');

    expect(await release([id], ['--yes'])).toMatchObject({ code: 0, err: '' });

    const [record = ''] = world.keys('releases/').filter((key) => key.includes(`/${bucket}/`));
    expect(JSON.parse(world.text(world.isolationBucket, record) ?? '')).toMatchObject({
      who: `arn:aws:sts::${localAccount}:assumed-role/worker/local`,
    });
  });

  it('changes nothing where STS does not say whose credentials these are, and goes on with --who', async () => {
    const { bucket, id } = await isolated('in/nobody.csv');
    const withoutSts = (flags: readonly string[]) =>
      commandLine(['release', id, '--reason', 'synthetic data', '--no-wait', '--yes', ...flags], {
        ...world.aws.workerEnvironment,
        AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1',
      });

    const refused = await withoutSts([]);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('Repeat the command with --who and a name.');
    expect(world.text(bucket, 'in/nobody.csv')).toBeUndefined();

    expect(await withoutSts(['--who', 'Ada'])).toMatchObject({ code: 0 });
    expect(world.text(bucket, 'in/nobody.csv')).toBe('name\nnobody\n');
  });

  it('changes nothing where the form of the answer is wrong', async () => {
    const { bucket, id } = await isolated('in/form.csv');

    const run = await release([id], ['--yes', '--fields', 'nonsense']);

    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toContain('There is no field nonsense.');
    expect(world.text(bucket, 'in/form.csv')).toBeUndefined();
  });

  it('asks first, with number, size and place, and changes nothing without a yes', async () => {
    const { bucket, id } = await isolated('in/asked.csv');

    const refused = await release([id], [], 'n\n');

    expect(refused.code).toBe(1);
    expect(refused.err).toContain(`1 object, 12 B, back to s3://${bucket}? [y/N]`);
    expect(world.text(bucket, 'in/asked.csv')).toBeUndefined();
    expect(await release([id], [], 'y\n')).toMatchObject({ code: 0 });
    expect(world.text(bucket, 'in/asked.csv')).toBe('name\nnobody\n');
  });

  it.each<[string, (bucket: string, key: string) => Promise<unknown>, string, number]>([
    ['nothing happened', async () => undefined, 'released', 0],
    [
      'a worker isolated it once more',
      (Bucket, Key) => world.s3.send(new DeleteObjectCommand({ Bucket, Key })),
      'isolated once more, release it again',
      1,
    ],
    ['it was overwritten', (bucket, key) => world.upload(bucket, key, 'new\n'), 'overwritten since', 1],
  ])('looks once more after a visibility timeout, where %s', async (_, happens, result, code) => {
    const { bucket, id } = await isolated('in/again.csv');
    const env = { ...world.aws.workerEnvironment, VISIBILITY_TIMEOUT_SECONDS: '5' };

    const waits = Promise.withResolvers<void>();
    const saw = (progress: string) => progress.includes('Looks once more') && waits.resolve();
    const argv = ['release', id, '--reason', 'synthetic data', '--yes', '--json'];

    const running = commandLine(argv, env, { saw });
    await waits.promise;
    await happens(bucket, 'in/again.csv');
    const run = await running;

    expect(run.code).toBe(code);
    expect(JSON.parse(run.out)).toMatchObject({ items: [{ result }] });
  });

  it('where nobody can be asked wants --yes, and changes nothing', async () => {
    const { bucket, id } = await isolated('in/script.csv');

    const run = await release([id], []);

    expect(run.code).toBe(2);
    expect(run.err).toContain('--yes');
    expect(world.text(bucket, 'in/script.csv')).toBeUndefined();
  });

  it('--dry-run shows the object and changes nothing', async () => {
    const { bucket, id } = await isolated('in/dry.csv');

    const run = await release([id], ['--dry-run', '--jsonl', '--fields', 'key,result']);

    expect(run.code).toBe(0);
    expect(run.out).toBe('{"key":"in/dry.csv","result":"would be put back"}\n');
    expect(world.text(bucket, 'in/dry.csv')).toBeUndefined();
  });

  it('never puts an object over another, and says so', async () => {
    const { bucket, id } = await isolated('in/taken.csv');
    await world.upload(bucket, 'in/taken.csv', 'new\n');

    const run = await release([id], ['--yes']);

    expect(run.code).toBe(1);
    expect(run.out).toContain('another object lies there');
    expect(world.text(bucket, 'in/taken.csv')).toBe('new\n');
  });

  it('releases an object once when the command is repeated, with the same output', async () => {
    const { id } = await isolated('in/twice.csv');

    const first = await release([id], ['--yes', '--json']);
    const second = await release([id], ['--yes', '--json']);

    expect(second).toEqual(first);
  });

  it('takes the beginning of an id, unless it fits several objects', async () => {
    const one = await isolated('in/begin.csv');
    const whole = await release([one.id.slice(0, 24)], ['--dry-run', '--json']);
    expect(JSON.parse(whole.out)).toMatchObject({ items: [{ finding_id: one.id }] });

    const object = await world.upload(world.bucket(), 'in/other.csv', 'name\nsomebody\n');
    const id = `${one.id.slice(0, 24)}${'f'.repeat(8)}`;
    await world.put({ ...world.finding(object), id });
    await world.untilSettled(id);
    const several = await release([one.id.slice(0, 24)], ['--dry-run']);
    expect(several.code).toBe(2);
    expect(several.err).toContain(id);
    expect(several.err).toContain(one.id);
  });

  it('shows a key with control characters escaped', async () => {
    const { id } = await isolated('in/\u001b[31mred\n.csv');

    const { out } = await release([id], ['--dry-run']);

    expect(out).toContain(String.raw`in/\u001b[31mred\n.csv`);
    expect(out).not.toContain('\u001b[31m');
  });

  it.each([
    ['an id without a record', ['0'.repeat(32)], [], 1, 'no record of this finding'],
    ['what is no id', ['../x'], [], 2, 'is no finding id'],
    ['an unknown flag', ['a'.repeat(32)], ['--colour'], 2, "unknown option '--colour'"],
    ['an unknown field', ['0'.repeat(32)], ['--dry-run', '--fields', 'kee'], 2, 'There is no field kee'],
    ['two formats', ['0'.repeat(32)], ['--dry-run', '--json', '--jsonl'], 2, 'not both'],
    ['a setting without a value', ['0'.repeat(32)], ['--set', 'x'], 2, '--set takes NAME=value'],
    ['a wrong setting', ['0'.repeat(32)], ['--set', 'QUEUE_URL=x'], 78, 'QUEUE_URL must be'],
    ['a stack that does not exist', ['0'.repeat(32)], ['--stack', 'none'], 78, 'stack none does not exist'],
  ])('ends with a sentence and its exit code for %s', async (_, ids, flags, code, sentence) => {
    const run = await commandLine(['release', ...ids, '--reason', 'x', ...flags], {
      ...world.aws.workerEnvironment,
      AWS_ENDPOINT_URL_CLOUDFORMATION: services.endpoint,
    });

    expect(run.code).toBe(code);
    expect(`${run.out}${run.err}`).toContain(sentence);
    expect(run.err).not.toContain('    at ');
  });

  it.each([
    ['the outputs of a stack', ['--stack', 'data-plane'], {}],
    ['parameters', [], { PARAMETER_PATH: '/macie-isolator' }],
  ])('takes what is unset from %s', async (_, flags, more) => {
    const { id } = await isolated('in/settings.csv');
    const { AWS_ENDPOINT_URL_S3 = '', AWS_REGION = '' } = world.aws.workerEnvironment;

    const run = await commandLine(['release', id, '--reason', 'x', '--dry-run', ...flags], {
      AWS_REGION,
      AWS_ENDPOINT_URL_S3,
      AWS_ENDPOINT_URL_SSM: services.endpoint,
      AWS_ENDPOINT_URL_CLOUDFORMATION: services.endpoint,
      ...more,
    });

    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toContain('would be put back');
  });

  it('ends with 78 where no parameter lies under PARAMETER_PATH', async () => {
    const run = await commandLine(['list'], {
      ...world.aws.workerEnvironment,
      AWS_ENDPOINT_URL_SSM: services.endpoint,
      PARAMETER_PATH: '/elsewhere',
    });

    expect(run).toMatchObject({ code: 78, out: '' });
    expect(run.err).toContain('no parameter lies directly under PARAMETER_PATH (/elsewhere).');
  });

  it('names every setting that is missing', async () => {
    const run = await commandLine(['release', '0'.repeat(32), '--reason', 'x'], {});

    expect(run.code).toBe(78);
    for (const name of ['AWS_REGION', 'QUEUE_URL', 'ISOLATION_BUCKET']) expect(run.err).toContain(name);
  });
});
