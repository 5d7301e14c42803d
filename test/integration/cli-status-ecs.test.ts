import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serviceVersion } from '../../src/version.ts';
import { commandLine } from '../support/command-line.ts';
import { type Installation, startInstallation } from '../support/installation/start-installation.ts';

let installation: Installation;
beforeEach(async () => {
  installation = await startInstallation();
});
afterEach(() => installation.close());

interface Shown {
  readonly what: string;
  readonly state: string;
  readonly value: number | string;
  readonly text: string;
}

async function shown(flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const run = await commandLine(['status', '--stack', 'plane', ...flags, '--json'], {
    ...installation.env,
    ...env,
  });
  const { items } = JSON.parse(run.out) as { readonly items: readonly Shown[] };
  return { code: run.code, items, of: (name: string) => items.find(({ what }) => what === name) };
}

describe('macie-isolator status of an installation on ECS', () => {
  it('tells by ECS and CloudWatch what no worker was asked', async () => {
    const { code, of } = await shown(['--check']);

    expect(code).toBe(0);
    expect(of('workers')).toMatchObject({ state: 'fine', value: 2 });
    expect(of('workers')?.text).toBe(`ECS runs 2 of 2 tasks, version ${serviceVersion}.`);
    expect(of('not-told')).toMatchObject({ state: 'fine', value: 0 });
    expect(of('oldest-unfinished')).toMatchObject({ state: 'fine', value: 0 });
    expect(of('queue-age')).toMatchObject({ state: 'fine', value: 12 });
    expect(of('service')).toMatchObject({ state: 'fine', value: 'running' });
  });

  it('asks for the metrics of cloudwatch.yaml and of the findings queue', async () => {
    await shown(['--days', '30']);

    const { asked } = installation.state.running;
    const questions = asked.flatMap((form) =>
      [...form].flatMap(([name, value]) =>
        /\.(Namespace|MetricName|Stat|Period|Value)$/.test(name) ? [value] : [],
      ),
    );
    expect(questions).toEqual(
      [
        ['macie-isolator', 'IsolationRefused', '60', 'Sum'],
        ['macie-isolator', 'UnfinishedHigh', '60', 'Maximum'],
        ['macie-isolator', 'UnfinishedOther', '60', 'Maximum'],
        ['AWS/SQS', 'ApproximateAgeOfOldestMessage', 'macie-isolator-findings', '60', 'Maximum'],
        ['macie-isolator', 'PeopleNotTold', '3600', 'Sum'],
      ].flat(),
    );
    const from = new Date(asked[1]?.get('StartTime') ?? '');
    expect(Date.now() - from.getTime()).toBeGreaterThan(29 * 86_400_000);
  });

  it('says what is wrong by the numbers of CloudWatch', async () => {
    const { metrics } = installation.state.running;
    metrics.set('PeopleNotTold', [1, 0, 2]);
    metrics.set('IsolationRefused', [0, 1, 0]);
    metrics.set('UnfinishedHigh', [7_300, 7_240]);
    metrics.set('UnfinishedOther', [400]);
    metrics.set('ApproximateAgeOfOldestMessage', [4_000]);

    const { code, of } = await shown(['--check', '--max-age', '1h']);

    expect(code).toBe(3);
    expect(of('service')).toMatchObject({ state: 'wrong', value: 'halted' });
    expect(of('not-told')).toMatchObject({ state: 'wrong', value: 3 });
    expect(of('oldest-unfinished')).toMatchObject({ state: 'wrong', value: 7_300 });
    expect(of('queue-age')).toMatchObject({ state: 'wrong', value: 4_000 });
  });

  it('says that tasks of a deployment fail, and how many run', async () => {
    const { running } = installation.state;
    running.service = {
      ...running.service,
      runningCount: 1,
      pendingCount: 1,
      deployments: [{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS', failedTasks: 3 }],
    };

    const { of } = await shown();

    expect(of('workers')).toMatchObject({ state: 'wrong', value: 1 });
    expect(of('workers')?.text).toMatch(
      /^ECS runs 1 of 2 tasks, 1 start, version .*Tasks of a deployment fail/,
    );
  });

  it('says unknown and why, never 0, where the calls are denied; a check takes that for found', async () => {
    const { denied } = installation.state;
    for (const action of ['ecs:DescribeServices', 'cloudwatch:GetMetricData']) denied.add(action);

    const { code, of } = await shown(['--check']);

    expect(code).toBe(3);
    expect((await shown()).code).toBe(0);
    expect(of('workers')).toMatchObject({ state: 'unknown', value: 'unknown' });
    expect(of('workers')?.text).toContain('ecs:DescribeServices');
    expect(of('workers')?.text).toContain('AccessDeniedException');
    for (const name of ['not-told', 'oldest-unfinished', 'queue-age']) {
      expect(of(name)).toMatchObject({ state: 'unknown', value: 'unknown' });
      expect(of(name)?.text).toContain('cloudwatch:GetMetricData');
    }
  });

  it('says unknown where the service is elsewhere and nobody counts, which no check takes for found', async () => {
    const { running } = installation.state;
    running.service = undefined;
    running.metrics.clear();

    const { code, of } = await shown(['--check']);

    expect(code).toBe(0);
    expect(of('workers')).toMatchObject({ state: 'unknown', value: 'unknown' });
    expect(of('workers')?.text).toContain('macie-isolator-worker');
    expect(of('not-told')).toMatchObject({ state: 'unknown' });
    expect(of('not-told')?.text).toContain('cloudwatch.yaml');
    expect(of('queue-age')).toMatchObject({ state: 'unknown' });
    expect((await shown(['--check', '--max-age', '1h'])).code).toBe(3);
  });

  it('takes no sum of CloudWatch that is not whole', async () => {
    installation.state.running.metricStatus = 'PartialData';

    expect((await shown()).of('not-told')).toMatchObject({ state: 'unknown', value: 'unknown' });
  });

  it('counts tasks where the image may not be looked at', async () => {
    const { denied } = installation.state;
    denied.add('ecr:DescribeImages');

    expect((await shown()).of('workers')?.text).toMatch(
      /^ECS runs 2 of 2 tasks, image .*@sha256:(ab){32}\.$/,
    );
    denied.add('ecs:DescribeTaskDefinition');
    expect((await shown()).of('workers')?.text).toBe('ECS runs 2 of 2 tasks.');
  });

  it('does not wait for services that are out of reach, and shows the others', async () => {
    const nowhere = 'http://127.0.0.1:1';
    const { of } = await shown([], { AWS_ENDPOINT_URL_ECS: nowhere, AWS_ENDPOINT_URL_CLOUDWATCH: nowhere });

    expect(of('workers')).toMatchObject({ state: 'unknown' });
    expect(of('queue-age')).toMatchObject({ state: 'unknown' });
    expect(of('waiting')).toMatchObject({ state: 'fine' });
  });
});
