import { afterEach, describe, expect, it, vi } from 'vitest';
import { listSettings } from '../../../src/config/settings.ts';
import { policiesOfRole } from '../../support/authorize.ts';
import { commandLine } from '../../support/command-line.ts';
import { deployed, workerAccount } from '../../support/deployed.ts';
import { parseFilterPattern } from '../../support/filter-pattern.ts';
import { jsonLines } from '../../support/json-lines.ts';
import { operationsTemplate } from '../../support/operations-template.ts';

const { memberRole } = deployed();
const { propertiesOf, render } = operationsTemplate({
  FencedBuckets: 'lake-raw,222222222222/member-data',
});

describe('the daily check of fences', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('is there only with an image and buckets, and then tells its ARN for member-role.yaml', () => {
    for (const parameters of [{ FencedBuckets: '' }, { ImageUri: '' }]) {
      const { outputs, resources } = render(parameters);
      expect(resources.filter(({ logicalId }) => logicalId.includes('FenceCheck'))).toEqual([]);
      expect(outputs['FenceCheckRoleArn']).toBeUndefined();
    }
    expect(render().outputs['FenceCheckRoleArn']).toMatch(
      new RegExp(memberRole.template.Parameters['FenceProbeArns']?.AllowedPattern ?? '^$'),
    );
  });

  it('runs a command that the command line takes', async () => {
    const { ContainerDefinitions } = propertiesOf('FenceCheckTask') as {
      ContainerDefinitions: readonly {
        readonly Command: readonly string[];
        readonly Environment: readonly { readonly Name: string; readonly Value: string }[];
      }[];
    };
    const [container] = ContainerDefinitions;
    const { Command, Environment } = container ?? { Command: [], Environment: [] };

    const names = Environment.map(({ Name }) => Name);
    expect(listSettings().map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    const env = Object.fromEntries(Environment.map(({ Name, Value }) => [Name, Value]));
    // Nothing listens there: flags and settings were understood before a call was tried.
    const run = await commandLine(Command, { ...env, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    expect(jsonLines(run.out)).toMatchObject([
      { bucket: 'lake-raw', account_id: workerAccount, result: 'not checked' },
      { bucket: 'member-data', account_id: '222222222222', result: 'not checked' },
    ]);
    expect(run.code).toBe(1);
  });

  it('has a role that assumes the probe and writes proofs, and nothing else', () => {
    const statements = policiesOfRole(render(), 'FenceCheckRole').flatMap(({ Statement }) => Statement);

    expect(new Set(statements.flatMap(({ Action = [] }) => [Action].flat()))).toEqual(
      new Set([
        'sts:AssumeRole',
        's3:ListBucket',
        's3:GetObject',
        's3:PutObject',
        'kms:Decrypt',
        'kms:GenerateDataKey',
      ]),
    );
    expect(statements.find(({ Sid }) => Sid === 'WriteProofs')?.Resource).toBe(
      'arn:aws:s3:::isolation/control/fences/*',
    );
  });

  it('is started as the comparison is', () => {
    expect(propertiesOf('DailyFenceCheck')).toMatchObject({
      ScheduleExpression: 'rate(1 day)',
      Target: { DeadLetterConfig: { Arn: expect.stringContaining('reconciliation-dead-letter') } },
    });
    const started = policiesOfRole(render(), 'ReconciliationScheduleRole').flatMap(
      ({ Statement }) => Statement,
    );
    expect(started.find(({ Sid }) => Sid === 'StartTask')?.Resource).toHaveLength(2);
    expect(started.find(({ Sid }) => Sid === 'PassRoles')?.Resource).toHaveLength(3);
  });

  it('has a metric of the lines that the command writes, and alarms for what it says and for its absence', () => {
    const filter = (logicalId: string) => {
      const { FilterPattern, MetricTransformations } = propertiesOf(logicalId) as {
        FilterPattern: string;
        MetricTransformations: readonly { readonly MetricName: string; readonly MetricValue: string }[];
      };
      return { matches: parseFilterPattern(FilterPattern), value: MetricTransformations[0]?.MetricValue };
    };
    const well = filter('FencesProvedFilter');
    const ill = filter('FencesNotProvedFilter');

    expect([well.value, ill.value]).toEqual(['0', '1']);
    for (const [result, isWell] of [
      ['proved', true],
      ['not proved', false],
      ['not checked', false],
    ] as const) {
      expect([well.matches({ result }), ill.matches({ result })]).toEqual([isWell, !isWell]);
    }
    expect(propertiesOf('FenceNotProvedAlarm')).toMatchObject({
      Statistic: 'Maximum',
      TreatMissingData: 'ignore',
    });
    expect(propertiesOf('FenceCheckMissingAlarm')).toMatchObject({
      Statistic: 'SampleCount',
      TreatMissingData: 'breaching',
    });
  });
});

describe('the role that proves fences', () => {
  it('is made only where it is asked for', () => {
    const made = (resources: readonly { readonly logicalId: string }[]) =>
      resources.some(({ logicalId }) => logicalId === 'FenceProbeRole');

    expect(made(render().resources)).toBe(false);
    expect(made(render({ FenceProbeBucketNames: 'lake-*' }).resources)).toBe(true);
    expect(memberRole.outputs['FenceProbeRoleArn']).toBe(
      'arn:aws:iam::222222222222:role/macie-isolator-fence-probe',
    );
  });
});
