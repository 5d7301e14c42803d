import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStack } from '../../scripts/drill/stack.ts';
import { envelope, macieDetail, md5Hex } from '../support/findings.ts';
import { panelQueries } from './support/live-queries.ts';

/**
 * Breaks the stack as nights do, with rules that are thirty times as fast, and expects the alert, the value of the
 * panel, and the recovery. One test builds on the other: a stack takes long to start.
 */
describe('a drill', () => {
  const account = '000000000000';
  const url = (queue: string) => `http://localhost:4566/${account}/${queue}`;
  const findings = 'macie-isolator-findings';
  const topic = `arn:aws:sns:us-east-1:${account}:macie-isolator-alerts`;
  let stack: Awaited<ReturnType<typeof startStack>>;

  const firing = (alert: string) => stack.until(`ALERTS{alertname="${alert}",alertstate="firing"}`);
  /** That it is over, and that Prometheus knows: an absent alert of a Prometheus that is gone is no recovery. */
  const over = (alert: string) =>
    stack.until(
      `group(ALERTS{alertname="IsolatorWatchdog"}) unless on () group(ALERTS{alertname="${alert}",alertstate="firing"})`,
    );
  const panel = (name: string) => {
    const found = panelQueries.find((query) => query.name === name);
    if (!found) throw new Error(`there is no panel ${name}`);
    return found.expr;
  };
  const shows = async (name: string, condition: string) => {
    const [series] = await stack.until(`(${panel(name)}) ${condition}`);
    return Number(series?.value[1]);
  };
  const upload = async (key: string) => {
    const put = `awslocal s3api put-object --bucket isolation-data --key ${key} --body /tmp/drill`;
    const script = `printf 'name,${key}' > /tmp/drill && ${put}`;
    const answer = await stack.compose('exec', '-T', 'localstack', 'sh', '-c', script);
    return JSON.parse(answer) as { readonly ETag: string; readonly VersionId?: string };
  };
  const put = async (key: string) => {
    const { ETag, VersionId = '' } = await upload(key);
    const at = new Date().toISOString();
    const whole = macieDetail() as { resourcesAffected: { s3Bucket: object; s3Object: object } };
    const { s3Bucket, s3Object } = whole.resourcesAffected;
    const detail = macieDetail({
      id: md5Hex(`${key} ${at}`),
      accountId: account,
      createdAt: at,
      updatedAt: at,
      resourcesAffected: {
        s3Bucket: { ...s3Bucket, arn: 'arn:aws:s3:::isolation-data', name: 'isolation-data' },
        s3Object: {
          ...s3Object,
          bucketArn: 'arn:aws:s3:::isolation-data',
          key,
          path: `isolation-data/${key}`,
          eTag: ETag.replaceAll('"', ''),
          versionId: VersionId,
          size: `name,${key}`.length,
        },
      },
    });
    const body = JSON.stringify(envelope(detail));
    await stack.aws('sqs', 'send-message', '--queue-url', url(findings), '--message-body', body);
  };
  beforeAll(async () => {
    stack = await startStack(`macie-isolator-drill-${process.pid}`, { WORKERS_EXPECTED: '3' });
    await stack.compose('up', '--wait', '--no-deps', '--no-build', '--scale', 'worker=3', 'worker');
    // Before the first samples no worker is known to work, and the alert may fire then.
    await stack.until('job:isolator_workers_working:count == 3');
    await over('IsolatorWorkersMissing');
  });
  afterAll(() => stack.close());

  it('one of three workers killed: it is missing, and comes back', async () => {
    const [, second = ''] = (await stack.compose('ps', '--quiet', 'worker')).split('\n');
    await stack.docker('stop', '--time', '0', second);

    await firing('IsolatorWorkersMissing');
    await stack.until('job:isolator_workers_working:count == 2');
    const [ready] = await stack.ask(panel('Workers ready / {{ready}} of {{expected}}'));
    expect(ready?.metric).toMatchObject({ ready: '2', expected: '3' });
    expect(await stack.ask('ALERTS{alertname="IsolatorWorkerDown"}')).toEqual([]);

    await stack.docker('start', second);
    await over('IsolatorWorkersMissing');
  });

  it('the topic is gone: the finding comes again and again, people are not told, and the object is isolated all the same', async () => {
    await stack.aws('sns', 'delete-topic', '--topic-arn', topic);
    await put('untold.csv');

    await firing('IsolatorPeopleNotTold');
    await firing('IsolatorFindingRetried');
    expect(Math.round(await shows('People not told / given up', '> 0.5'))).toBeGreaterThanOrEqual(1);
    await stack.until('sum(isolator_isolations_total{outcome="isolated"}) >= 1');

    await stack.aws('sns', 'create-topic', '--name', 'macie-isolator-alerts');
    await over('IsolatorAlertsNotSent');
  });

  it('the queue is away: nothing is polled, numbers are unknown, and it is empty again', async () => {
    await stack.aws('sqs', 'delete-queue', '--queue-url', url(findings));

    await firing('IsolatorNothingPolled');
    await stack.until(`absent(${panel('Waiting / waiting')})`);
    expect(await shows('Queue answered / ago', '> 10')).toBeGreaterThan(10);

    await stack.aws('sqs', 'create-queue', '--queue-name', findings);
    await over('IsolatorNothingPolled');
    expect(await shows('Waiting / waiting', '== 0')).toBe(0);
  });
});
