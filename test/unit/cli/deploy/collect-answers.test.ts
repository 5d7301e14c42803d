import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadTemplate } from '../../../../src/aws/cloudformation/load-template.ts';
import { type AnswerFlags, givenByFlags } from '../../../../src/cli/deploy/answer-flags.ts';
import { answersGiven, collectAnswers } from '../../../../src/cli/deploy/collect-answers.ts';
import { exitCode } from '../../../../src/cli/frame/exit-code.ts';
import { answersText, checkAnswers, readAnswers } from '../../../../src/config/deploy/read-answers.ts';
import type { GivenAnswers } from '../../../../src/core/deploy/answers.ts';

const whole = {
  alertEmail: 'privacy@example.com',
  sourceBuckets: 'lake-raw,lake-*',
  network: 'own',
  macie: 'enable',
} as const satisfies AnswerFlags;
const digest = `sha256:${'a'.repeat(64)}`;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'answers-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function collect(flags: AnswerFlags, typed?: string, signal = new AbortController().signal) {
  const err = new PassThrough();
  const input = new PassThrough();
  if (typed !== undefined) input.end(typed);
  const terminal = {
    out: new PassThrough(),
    err,
    input,
    env: {},
    isInteractive: typed !== undefined,
    showsProgress: false,
  };
  const collected = answersGiven(flags).then((given) => collectAnswers(given, terminal, signal));
  const answers = await collected.then(
    (found) => ({ found, refused: undefined }),
    (refused: unknown) => ({ found: undefined, refused: refused as { message: string; exitCode: number } }),
  );
  err.end();
  return { ...answers, asked: await text(err) };
}

async function answersFile(content: string): Promise<string> {
  const path = join(folder, 'answers.yaml');
  await writeFile(path, content);
  return path;
}

describe('the answers of a deployment', () => {
  it('come from flags alone, with what is usual for the rest', async () => {
    const { found } = await collect({ ...whole, parameter: ['data-plane.ObjectLockDays=30'] });

    expect(found).toMatchObject({
      alertEmail: 'privacy@example.com',
      sourceBuckets: ['lake-raw', 'lake-*'],
      network: 'own',
      macie: 'enable',
      prefix: 'macie-isolator',
      mode: 'dry-run',
      confirmFindings: 'macie',
      trialBucket: 'none',
      deployRoles: [],
      also: ['operations'],
      parameters: { 'data-plane': { ObjectLockDays: '30' } },
    });
  });

  it('keep the parameters of the file beside those of flags, which come first', async () => {
    const file = await answersFile(
      'parameters:\n  data-plane: { ObjectLockDays: 30, RolePath: /a/ }\n  service: { MaxTasks: 4 }\n',
    );
    const { found } = await collect({
      ...whole,
      file,
      parameter: ['data-plane.ObjectLockDays=60', 'network.NatGateway=yes'],
    });

    expect(found?.parameters).toEqual({
      'data-plane': { ObjectLockDays: '60', RolePath: '/a/' },
      service: { MaxTasks: '4' },
      network: { NatGateway: 'yes' },
    });
  });

  it.each(['parameters: 4\n', 'parameters: { data-plane: 4 }\n'])(
    'refuse a file whose parameters are none, also beside those of flags: %s',
    async (content) => {
      const file = await answersFile(content);
      const { refused } = await collect({ ...whole, file, parameter: ['service.MaxTasks=4'] });

      expect(refused?.exitCode).toBe(exitCode.usage);
      expect(refused?.message).toContain('parameters');
    },
  );

  it('name everything that is wrong at once, before AWS is asked what is there already', async () => {
    const { refused } = await collect({ alarmEmail: 'nobody', network: 'subnet-0a1b2c3d' });

    expect(refused?.exitCode).toBe(exitCode.usage);
    expect(refused?.message.split('\n').slice(1)).toEqual([
      '  --alarm-email: alarmEmail must be an e-mail address, such as privacy@example.com.',
      '  --network: network.subnets must be two subnets or more.',
      '  --network: network.securityGroups must be one security group or more.',
    ]);
  });

  it('name all that is missing at once without a terminal', async () => {
    const { refused } = await collect({ network: 'own' });

    expect(refused?.exitCode).toBe(exitCode.usage);
    expect(refused?.message.split('\n').slice(1)).toEqual([
      '  --alert-email, or alertEmail in --file, is missing.',
      '  --source-buckets, or sourceBuckets in --file, is missing.',
      '  --macie, or macie in --file, is missing.',
    ]);
  });

  it('come from a file, and flags come before it', async () => {
    const file = await answersFile(
      'alertEmail: a@example.com\nsourceBuckets: [lake-raw]\nmacie: enabled\nheartbeat: yes\nnetwork:\n  subnets: [subnet-0a1b2c3d, subnet-1a1b2c3d]\n  securityGroups: [sg-0a1b2c3d]\n',
    );
    const { found } = await collect({ file, alertEmail: 'b@example.com' });

    expect(found).toMatchObject({
      alertEmail: 'b@example.com',
      heartbeat: true,
      network: { subnets: ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'], securityGroups: ['sg-0a1b2c3d'] },
    });
  });

  it('tell a wrong value of a file with its line, and the field that was meant', async () => {
    const file = await answersFile(
      'alertEmail: a@example.com\nsourceBuckets:\n  - lake-raw\n  - "*"\nmacie: maybe\nnetwork: own\nmodus: enforce\n',
    );
    const { refused } = await collect({ file });

    expect(refused?.exitCode).toBe(exitCode.usage);
    expect(refused?.message).toContain(
      `${file}:4:5: sourceBuckets[1] must be the name of a bucket, such as lake-raw or lake-*`,
    );
    expect(refused?.message).toContain(`${file}:5:8: macie must be enable, enabled, by-hand or elsewhere.`);
    expect(refused?.message).toContain(
      `${file}:7:1: There is no field "modus" in the file. Did you mean "mode"?`,
    );
  });

  it('of a file that is no YAML are refused with the line', async () => {
    const file = await answersFile('alertEmail: [a@example.com\nmacie: enable');

    expect((await collect({ file })).refused?.message).toMatch(
      /answers\.yaml:2:\d+: The text is not understood/,
    );
  });

  it.each(['[]', 'word', ''])('are refused where the file is no list of fields: %j', async (content) => {
    const file = await answersFile(content);

    expect((await collect({ file })).refused?.message).toContain('a line for each answer');
  });

  it('are asked for on a terminal, and asked again where one is wrong', async () => {
    const typed = 'nobody\nprivacy@example.com\nlake-raw, lake-*\n\nyes\nenable\n\n';
    const { asked, found } = await collect({}, typed);

    expect(found).toMatchObject({
      alertEmail: 'privacy@example.com',
      sourceBuckets: ['lake-raw', 'lake-*'],
      network: 'own',
      macie: 'enable',
      mode: 'dry-run',
    });
    expect(asked).toContain('alertEmail must be an e-mail address');
    expect(asked).toContain('macie must be enable, enabled, by-hand or elsewhere.');
  });

  it('make a trial bucket where nobody names a bucket', async () => {
    const { found } = await collect({ ...whole, sourceBuckets: undefined } as unknown as AnswerFlags, '\n\n');

    expect(found).toMatchObject({ sourceBuckets: [], trialBucket: 'versioned' });
  });

  it('are not asked for where all that is needed is given', async () => {
    const { asked, found } = await collect(whole, '');

    expect(found?.mode).toBe('dry-run');
    expect(asked).toBe('');
  });

  it('are not made up where the input ends', async () => {
    const { refused } = await collect({}, 'privacy@example.com\n');

    expect(refused?.message).toBe('The input ended before all questions were answered.');
  });

  it('ask nothing after they were saved', async () => {
    const { found } = await collect({ ...whole, operators: 'arn:aws:iam::111122223333:role/on-call' });
    const file = await answersFile(found === undefined ? '' : answersText(found));
    const again = await collect({ file }, '');

    expect(again.found).toEqual(found);
    expect(again.asked).toBe('');
  });

  it.each<[string, GivenAnswers, string]>([
    ['members without external id', { organizationId: 'o-a1b2c3d4e5' }, 'memberRoleExternalId'],
    ['findings of elsewhere that Macie here should confirm', { macie: 'elsewhere' }, 'confirmFindings'],
    ['no bucket at all', { sourceBuckets: [] }, 'sourceBuckets'],
    ['a role without its account', { deployRoles: ['role/deploy'] }, 'deployRoles'],
    ['an image by its tag', { image: 'ghcr.io/team/macie-isolator:v1' }, 'image'],
  ])('refuse %s', (_, wrong, name) => {
    const checked = checkAnswers({ ...whole, ...wrong });

    expect(checked.ok ? [] : checked.problems.map((problem) => problem.name)).toEqual([name]);
  });

  it('accept an image by its digest', () => {
    const checked = checkAnswers({ ...whole, image: `localhost:5000/team/macie-isolator@${digest}` });

    expect(checked.ok).toBe(true);
  });

  it('refuse a parameter that is none', () => {
    expect(() => givenByFlags({ parameter: ['ObjectLockDays'] })).toThrow(
      '--parameter takes template.Name=value',
    );
  });
});

describe('the answers: a value that they accept is accepted by the templates', () => {
  const templates = ['data-plane', 'service', 'network', 'macie'].map((name) =>
    loadTemplate(new URL(`../../../../deploy/ecs/${name}.yaml`, import.meta.url).pathname),
  );
  const accepts = (parameter: string, value: string) =>
    templates
      .flatMap(({ Parameters }) => Parameters[parameter] ?? [])
      .map(
        ({ AllowedPattern, AllowedValues }) =>
          (AllowedPattern === undefined || new RegExp(AllowedPattern).test(value)) &&
          (AllowedValues === undefined || AllowedValues.includes(value)),
      );
  const values: readonly [answer: string, parameter: string, values: readonly string[]][] = [
    ['prefix', 'Prefix', ['a-1', 'macie-isolator', '1a', 'A', 'a'.repeat(27), 'ab-']],
    ['alertEmail', 'AlertEmail', ['a@b.c', 'a b@c.d', 'a@b', '']],
    ['alarmEmail', 'AlarmEmail', ['a@b.c', 'a@@b.c']],
    ['sourceBuckets', 'SourceBucketNames', ['lake-*', '*', 'a*', 'UPPER', 'a', `a${'b'.repeat(63)}`]],
    ['trialBucket', 'DataBucketVersioning', ['none', 'versioned', 'unversioned', 'yes']],
    ['mode', 'Mode', ['dry-run', 'enforce', 'off']],
    ['confirmFindings', 'ConfirmFindings', ['macie', 'never', 'always']],
    ['architecture', 'CpuArchitecture', ['ARM64', 'X86_64', 'arm64']],
    ['deployRoles', 'DeployRoleArns', ['arn:aws:iam::111122223333:role/a/b', 'arn:aws:iam::1:role/a', 'x']],
    ['investigators', 'InvestigatorArns', ['arn:aws:iam::111122223333:root', 'arn:aws:iam::111122223333:x']],
    ['operators', 'OperatorArns', ['arn:aws:iam::111122223333:user/a', 'ada']],
    ['organizationId', 'OrganizationId', ['o-a1b2c3d4e5', 'o-1']],
    ['memberRoleExternalId', 'MemberRoleExternalId', ['12345678', '1234567', 'a b c d e f']],
  ];

  it.each(values)('%s as %s', (answer, parameter, samples) => {
    for (const sample of samples) {
      const checked = checkAnswers({
        ...whole,
        organizationId: 'o-a1b2c3d4e5',
        memberRoleExternalId: 'abcdefgh',
        [answer]: sample,
      });
      const isAccepted = checked.ok || !checked.problems.some(({ name }) => name === answer);

      // An empty text is no answer, and is the default of the template.
      const byTemplates = sample === '' ? [false] : [...new Set(accepts(parameter, sample))];
      expect([sample, isAccepted]).toEqual([sample, ...byTemplates]);
    }
  });

  it('every parameter that a file names must belong to a template', () => {
    expect(readAnswers('parameters: { sidecar: { A: 1 } }').ok).toBe(true);
    const checked = checkAnswers({ ...whole, parameters: { sidecar: { A: '1' } } });

    expect(checked.ok ? [] : checked.problems.map(({ name }) => name)).toEqual(['parameters']);
  });
});
