import { afterEach, describe, expect, it, vi } from 'vitest';
import { totalColumns } from '../../../src/cli/reconcile/totals.ts';
import { listSettings } from '../../../src/config/settings.ts';
import { policiesOfRole } from '../../support/authorize.ts';
import { commandLine } from '../../support/command-line.ts';
import { deployed, region, workerAccount } from '../../support/deployed.ts';
import { parseFilterPattern } from '../../support/filter-pattern.ts';
import { operationsTemplate } from '../../support/operations-template.ts';

const { service } = deployed();
const { propertiesOf, render } = operationsTemplate();

interface Container {
  readonly Command: readonly string[];
  readonly Environment: readonly { readonly Name: string; readonly Value: string }[];
}

function containerOf(parameters: Readonly<Record<string, string>> = {}): Container {
  const { ContainerDefinitions } = propertiesOf('ReconciliationTask', parameters) as {
    ContainerDefinitions: Container[];
  };
  const [container] = ContainerDefinitions;
  if (container === undefined) throw new Error('no container');
  return container;
}

const actionsOf = (parameters: Readonly<Record<string, string>> = {}) =>
  policiesOfRole(render(parameters), 'ReconciliationRole')
    .flatMap(({ Statement }) => Statement)
    .flatMap(({ Action = [] }) => [Action].flat())
    .toSorted();

describe('the daily comparison', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('is there only with an image', () => {
    expect(propertiesOf('ReconciliationSchedule')).toBeDefined();
    const types = new Set(render({ ImageUri: '' }).resources.map(({ type }) => type));
    expect([...types]).toEqual(['AWS::IAM::RolePolicy']);
  });

  it.each([
    ['nothing', []],
    ['missing', ['--send']],
    ['missing-and-held', ['--send', '--send-held']],
  ])('with ReconcileSends %s runs a command that the command line takes', async (ReconcileSends, sends) => {
    const { Command, Environment } = containerOf({
      ReconcileSends,
      AllowedSourceRegions: 'eu-west-1,us-east-1',
    });

    expect(Command).toEqual(['reconcile', '--since', '30d', '--totals', '--jsonl', '--yes', ...sends]);
    const names = Environment.map(({ Name }) => Name);
    expect(listSettings().map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    const env = Object.fromEntries(Environment.map(({ Name, Value }) => [Name, Value]));
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    // Nothing listens there: flags and settings were understood before a call was tried.
    const run = await commandLine(Command, { ...env, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    expect(run.err).toContain('AWS could not be reached.');
    expect(run.code).toBe(1);
  });

  it('has a role that reads findings and records, and sends findings only where it should', () => {
    const reads = [
      'kms:Decrypt',
      'macie2:GetFindings',
      'macie2:ListFindings',
      's3:GetObject',
      's3:ListBucket',
    ];

    expect(actionsOf()).toEqual([...reads, 'sqs:SendMessage']);
    expect(actionsOf({ ReconcileSends: 'nothing' })).toEqual(reads);
  });

  it('keeps a start that failed', () => {
    expect(propertiesOf('ReconciliationSchedule')).toMatchObject({
      ScheduleExpression: 'rate(1 day)',
      Target: {
        Arn: `arn:aws:ecs:${region}:${workerAccount}:cluster/${service.outputs['ClusterName']}`,
        DeadLetterConfig: {
          Arn: `arn:aws:sqs:${region}:${workerAccount}:macie-isolator-reconciliation-dead-letter`,
        },
        EcsParameters: {
          NetworkConfiguration: {
            AwsvpcConfiguration: { Subnets: ['subnet-1', 'subnet-2'], SecurityGroups: ['sg-1'] },
          },
        },
      },
    });
  });

  it('has a metric of the line that the command writes', () => {
    const { FilterPattern, MetricTransformations } = propertiesOf('DifferencesFilter') as {
      FilterPattern: string;
      MetricTransformations: readonly { readonly MetricValue: string }[];
    };
    const matches = parseFilterPattern(FilterPattern);
    const fields = totalColumns.map(({ name }) => name);

    expect(fields).toContain(MetricTransformations[0]?.MetricValue.replace('$.', ''));
    expect(matches({ done: 3, differences: 0 })).toBe(true);
    expect(matches({ done: 3, differences: 2 })).toBe(true);
    expect(matches({ event: 'finding_handled', outcome: 'isolated' })).toBe(false);
  });

  it('has alarms for differences and for a day without it', () => {
    expect(propertiesOf('ReconciliationFoundAlarm')).toMatchObject({
      MetricName: 'ReconciliationDifferences',
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'ignore',
    });
    expect(propertiesOf('ReconciliationMissingAlarm')).toMatchObject({
      MetricName: 'ReconciliationDifferences',
      Statistic: 'SampleCount',
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });
});
