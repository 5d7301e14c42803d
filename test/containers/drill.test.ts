import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStack } from '../../scripts/drill/stack.ts';
import { findingsQueue, flag, urlOf } from './support/flagged.ts';
import { panelQueries } from './support/live-queries.ts';

/**
 * Breaks the stack as nights do, with rules that are thirty times as fast, and expects the alert, the value of the
 * panel, and the recovery. One test builds on the other: a stack takes long to start.
 */
describe('a drill', () => {
  const topic = 'arn:aws:sns:us-east-1:000000000000:macie-isolator-alerts';
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
  const workerAt = async (index: number) =>
    (await stack.compose('ps', '--quiet', 'worker')).split('\n')[index] ?? '';
  const isolated = 'sum(isolator_isolations_total{outcome=~"isolated|already_isolated"})';
  const countOf = async (query: string) => Number((await stack.ask(query))[0]?.value[1] ?? 0);

  beforeAll(async () => {
    stack = await startStack(`macie-isolator-drill-${process.pid}`, {
      WORKERS_EXPECTED: '3',
      LOG_LEVEL: 'debug',
    });
    await stack.compose('up', '--wait', '--no-deps', '--no-build', '--scale', 'worker=3', 'worker');
    // Before the first samples no worker is known to work, and the alert may fire then.
    await stack.until('job:isolator_workers_working:count == 3');
    await over('IsolatorWorkersMissing');
  });
  afterAll(() => stack?.close());

  it('a worker of three is killed: it is missing, and comes back', async () => {
    const second = await workerAt(1);
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
    await flag(stack, ['untold.csv']);

    await firing('IsolatorPeopleNotTold');
    await firing('IsolatorFindingRetried');
    expect(Math.round(await shows('People not told / given up', '> 0.5'))).toBeGreaterThanOrEqual(1);
    await stack.until('sum(isolator_isolations_total{outcome="isolated"}) >= 1');

    await stack.aws('sns', 'create-topic', '--name', 'macie-isolator-alerts');
    await over('IsolatorAlertsNotSent');
  });

  it('a finding is retried for long: its age is an alert, whatever comes to an end beside it', async () => {
    // A long key makes long log lines, which the next test needs.
    const key = `stuck/${'x'.repeat(900)}.csv`;
    const before = await countOf(isolated);
    await stack.store('break?text=stuck');
    await flag(stack, [key], 60);
    await flag(stack, ['beside.csv']);

    await firing('IsolatorFindingUnfinished');
    await firing('IsolatorFindingRetried');
    expect(await shows('Oldest finding / age', '> 20')).toBeGreaterThan(20);
    expect(await shows('Over 5 tries / findings', '>= 30')).toBeGreaterThanOrEqual(30);
    await stack.until(`${isolated} >= ${before + 1}`);
  });

  it('standard output of a worker is blocked meanwhile: lines are lost and counted, and the work goes on', async () => {
    const blocked = await workerAt(0);
    await stack.docker('kill', '--signal', 'USR2', blocked);

    await firing('IsolatorLogLinesDropped');
    expect(await shows('Log lines lost / lines', '> 0')).toBeGreaterThan(0);
    expect(await countOf('job:isolator_workers_working:count')).toBe(3);
    const before = await countOf(isolated);
    await stack.store('mend');
    await stack.until(`${isolated} >= ${before + 60}`);

    await stack.docker('kill', '--signal', 'HUP', blocked);
    expect(await stack.compose('logs', '--no-log-prefix', 'worker')).toContain('"event":"log_lines_dropped"');
    await over('IsolatorLogLinesDropped');
    await over('IsolatorFindingUnfinished');
    expect(await shows('Oldest finding / age', '== 0')).toBe(0);
  });

  it('the isolation bucket refuses: all workers halt, nothing is parked, and they go on by themselves', async () => {
    const before = await countOf(isolated);
    await stack.store('refuse?text=/isolation/');
    await flag(stack, ['one.csv', 'two.csv', 'three.csv'], 8);

    await firing('IsolatorIsolationRefused');
    expect(await shows('Halted / workers', '== 3')).toBe(3);
    const [ready] = await stack.ask(panel('Workers ready / {{ready}} of {{expected}}'));
    expect(ready?.metric).toMatchObject({ ready: '0', expected: '3' });

    await stack.store('mend');
    await over('IsolatorIsolationRefused');
    await stack.until(`${isolated} >= ${before + 24}`);
    expect(await shows('Halted / workers', '== 0')).toBe(0);
    expect(await countOf(panel('Parked / parked'))).toBe(0);
  });

  it('the queue is away: nothing is polled, numbers are unknown, and it is empty again', async () => {
    await stack.aws('sqs', 'delete-queue', '--queue-url', urlOf(findingsQueue));

    await firing('IsolatorNothingPolled');
    await stack.until(`absent(${panel('Waiting / waiting')})`);
    expect(await shows('Queue answered / ago', '> 10')).toBeGreaterThan(10);

    await stack.aws('sqs', 'create-queue', '--queue-name', findingsQueue);
    await over('IsolatorNothingPolled');
    expect(await shows('Waiting / waiting', '== 0')).toBe(0);
  });
});
