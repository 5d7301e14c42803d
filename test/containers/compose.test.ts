import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import {
  alertQueries,
  deployQueries,
  panelQueries,
  rateSeconds,
  recordingQueries,
} from './support/live-queries.ts';
import { commandsOf, masked } from './support/page-commands.ts';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;
const project = `macie-isolator-test-${process.pid}`;
/** Any free port instead of the usual ones, which another `docker compose up` may hold. */
const ports = ['LOCALSTACK', 'PROMETHEUS', 'ALERTMANAGER', 'INBOX', 'GRAFANA'];
const env = { ...process.env, ...Object.fromEntries(ports.map((service) => [`${service}_PORT`, '0'])) };

async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', args, { cwd: root, env, maxBuffer: 2 ** 26 });
  return stdout;
}
const compose = (...args: readonly string[]) => docker('compose', '-p', project, ...args);

/** Without the containers it depends on: they run, and some runtimes would make them anew. */
const demo = (...flags: readonly string[]) => compose('run', '--rm', '--no-deps', 'demo', ...flags);

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: [number, string];
}

async function ask<Result>(path: string, parameters: Readonly<Record<string, string>>): Promise<Result> {
  const address = (await compose('port', 'prometheus', '9090')).trim();
  const search = new URLSearchParams(parameters).toString();
  const answer = await fetch(`http://${address}/api/v1/${path}?${search}`);
  const { status, data } = (await answer.json()) as { status: string; data: { result: Result } };
  if (status !== 'success') throw new Error(`Prometheus does not take ${parameters['query']}`);
  return data.result;
}

/** What there is to show at this time (absent: now): series with a number. */
async function prometheus(query: string, time?: string): Promise<readonly Series[]> {
  const result = await ask<readonly Series[]>('query', { query, ...(time !== undefined && { time }) });
  return result.filter(({ value }) => value[1] !== 'NaN');
}

const aws = (...args: readonly string[]) => compose('exec', '-T', 'localstack', 'awslocal', ...args);

/** Number and bytes of the isolated copies, as the bucket itself lists them. */
async function inBucket() {
  const listing = await aws('s3', 'ls', '--recursive', 's3://isolation/objects/');
  const sizes = listing
    .trim()
    .split('\n')
    .map((line) => Number(line.trim().split(/\s+/)[2]));
  return { count: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** How many findings may still be isolated, by the count in the bucket, in the hour of this time (Unix, s). */
async function budgetLeft(time: number): Promise<number> {
  const count = JSON.parse(await aws('s3', 'cp', 's3://isolation/control/budget.json', '-')) as {
    hour: string;
    budget: number;
    leased: number;
  };
  const hour = new Date(time * 1_000).toISOString().slice(0, 'yyyy-mm-ddThh'.length);
  // The leases of an hour end with it.
  return hour > count.hour ? count.budget : count.budget - count.leased;
}

describe('docker compose', () => {
  beforeAll(async () => {
    await compose('--profile', 'demo', 'build');
    await compose('up', '--wait', 'worker', 'prometheus', 'alertmanager', 'inbox');
  });
  afterAll(async () => {
    await compose('--profile', 'demo', 'down', '--volumes', '--timeout', '1');
  });

  it('has been scraped once it is up: what is counted before the first scrape is never seen to rise', async () => {
    expect(await prometheus('isolator_isolated_bytes_total')).toHaveLength(1);
  });

  it('runs the demo, which shows what the README shows', async () => {
    const output = await demo();
    const table = output.slice(output.indexOf('File  '), output.indexOf('\n\nA copy:'));

    expect(table).toContain('Outcomes:  9 alerted, 6 isolated');
    expect(readFileSync(`${root}README.md`, 'utf8')).toContain(table.replaceAll('\r', ''));
    expect(output).toContain('[macie-isolator] High Multiple, account 000000000000: Object isolated');
    expect(output).toContain('isolator_isolations_total{outcome="isolated",reason=""} 6');
    expect(output).not.toContain('WRONG');
  });

  it('has Prometheus see the isolations', async () => {
    const seen = await eventually(async () => {
      const [sum] = await prometheus('sum(isolator_isolations_total{outcome="isolated"})');
      return sum?.value[1] === '6' ? sum.value[1] : undefined;
    });

    expect(seen).toBe('6');
    expect(await prometheus('up{job="macie-isolator"} == 1')).toHaveLength(1);
  });

  describe('every query of Grafana and of the rules, after the demo', () => {
    /** The last scrape: rates over what ends there are exact. */
    let at: string;
    const answers = new Map<string, readonly Series[]>();
    const numbers = (name: string, label?: string) =>
      Object.fromEntries(
        (answers.get(name) ?? []).map(({ metric, value }) => [
          label === undefined ? '' : (metric[label] ?? ''),
          Math.round(Number(value[1]) * 1e6) / 1e6,
        ]),
      );
    const number = (name: string) => numbers(name)[''];
    const perMinute = (count: number) => Math.round(((60 * count) / rateSeconds) * 1e6) / 1e6;
    /** What the worker counted, a minute, by this label; what did not happen is left out. */
    const counted = async (counter: string, label: string) =>
      Object.fromEntries(
        (await prometheus(`${counter} > 0`, at)).map(({ metric, value }) => [
          metric[label] ?? '',
          perMinute(Number(value[1])),
        ]),
      );

    beforeAll(async () => {
      // The objective is recorded every 30 s, the queue sampled every minute.
      at = await eventually(async () => {
        const [scrape] = await prometheus('timestamp(isolator_build_info)');
        const time = scrape?.value[1] ?? '';
        const [recorded] = await prometheus('job:isolator_objective_findings:increase30d > 5.9', time);
        const [waiting] = await prometheus('sum(isolator_queue_messages{queue="findings"}) == 0', time);
        return recorded && waiting && time;
      });
      for (const { name, expr } of [...panelQueries, ...recordingQueries, ...alertQueries]) {
        answers.set(name, [...(answers.get(name) ?? []), ...(await prometheus(expr, at))]);
      }
    });

    it('returns series, except for the queries that must be empty', async () => {
      const { 'try-failed': failed } = await counted('isolator_alerts_total', 'result');
      const firing = 'Alerts firing / {{severity}}: {{name}}';
      const slowCalls = [
        'AWS calls that failed / {{operation}} {{code}}',
        'Retries of AWS calls / {{operation}}',
      ];
      // Where the machine is so slow that LocalStack took more than five seconds for an alert, the call failed, the message
      // came again, and these are right to show it. Where a handling took longer than the time between two heartbeats, its
      // message was extended.
      const extended =
        Object.keys(await counted('isolator_visibility_extensions_total', 'result')).length > 0;
      const right = [
        ...(failed === undefined ? [] : ['IsolatorPeopleNotTold', firing, ...slowCalls]),
        ...(extended ? ['Visibility extensions / {{result}}'] : []),
      ];
      const quiet = (names: readonly string[]) => new Set(names.filter((name) => !right.includes(name)));
      const empty = [...answers].filter(([, series]) => series.length === 0).map(([name]) => name);

      expect(quiet(empty)).toEqual(
        quiet([
          // Nothing was parked, and no call to AWS failed or was repeated.
          'What was parked, and why / {{outcome}}: {{reason}}',
          // Nothing was above a limit, and no bus is set.
          'Held by a limit / {{why}}',
          // FENCE is off.
          'Fences / {{result}}',
          'From finding to fence, by severity / {{severity}} median',
          'From finding to fence, by severity / {{severity}} 95 %',
          'Events to the outcome bus / {{result}}',
          ...slowCalls,
          'Visibility extensions / {{result}}',
          // Nobody paused the service.
          'Paused / yes',
          'Paused / budget spent',
          'Policy / rejected',
          // So no alert is due, but for the watchdog.
          firing,
          ...alertQueries.map(({ name }) => name).filter((name) => name !== 'IsolatorWatchdog'),
        ]),
      );
    });

    it('shows as many isolations, and as many bytes, as lie in the bucket', async () => {
      const { count, bytes } = await inBucket();

      expect(count).toBe(6);
      expect(number('Isolated / isolated')).toBe(count);
      expect(numbers('From finding to isolation / {{le}}', 'le')['+Inf']).toBe(count);
      expect(Math.round((number('Bytes isolated / bytes') ?? 0) * rateSeconds)).toBe(bytes);
    });

    it('shows outcomes, alerts and queues as the run left them', async () => {
      const alerts = await counted('isolator_alerts_total', 'result');
      const settled = await counted('isolator_messages_settled_total', 'how');

      expect(alerts['sent']).toBe(perMinute(15));
      expect(settled['delete']).toBe(perMinute(15));
      expect(numbers('Findings by outcome / {{outcome}}', 'outcome')).toEqual({
        isolated: perMinute(6),
        alerted: perMinute(9),
      });
      expect(numbers('Alerts to people / {{result}}', 'result')).toEqual(alerts);
      expect(numbers('Messages by how they left / {{how}}', 'how')).toEqual(settled);
      expect(number('Waiting / waiting')).toBe(0);
      expect(number('Parked / parked')).toBe(0);
      expect(number('Kept exposed / kept')).toBe(0);
      expect(number('Workers / workers')).toBe(1);
      expect(number('Slots / limit')).toBe(50);
      expect(number('Slots / in work')).toBe(0);
      expect(number('Starts / starts')).toBe(1);
      expect(number('Failed polls / polls')).toBe(0);
      expect(number('Halted / workers')).toBe(0);
      expect(number('Receives by count / first')).toBe(perMinute(15));
      // Each try that LocalStack was too slow for brings its message again.
      expect(number('Receives by count / later')).toBe(alerts['try-failed'] ?? 0);
    });

    it('shows what is left of the budget of the hour in which the worker last read it', async () => {
      const [read] = await prometheus('isolator_last_valve_read_timestamp_seconds', at);

      expect(number('Left this hour / left')).toBe(await budgetLeft(Number(read?.value[1])));
    });

    it('shows the objective as met, and the whole budget', () => {
      const quantile = 'From finding to isolation, by severity / {{severity}} 95 %';

      expect(number('In time, 30 days / in time')).toBe(1);
      expect(number('Error budget left / left')).toBe(1);
      expect(number('Burn rate / 1 hour')).toBe(0);
      expect(number('job:isolator_objective_findings:increase1h')).toBe(6);
      expect(number('job:isolator_objective_misses:increase1h')).toBe(0);
      expect(Object.keys(numbers(quantile, 'severity'))).toEqual(['High']);
    });

    it.each(deployQueries)('marks the deploy: $name', async ({ expr }) => {
      const range = { start: String(Number(at) - 1_800), end: at, step: '15' };

      expect(await ask<readonly object[]>('query_range', { query: expr, ...range })).toHaveLength(1);
    });

    it('shows a parked message and its reason', async () => {
      const queue = 'http://localstack:4566/000000000000/macie-isolator-findings';
      await aws('sqs', 'send-message', '--queue-url', queue, '--message-body', 'no finding');
      const { expr = '' } = panelQueries.find(({ name }) => name.startsWith('What was parked')) ?? {};
      const [parked] = await eventually(async () => {
        const shown = await prometheus(expr);
        return shown.length > 0 ? shown : undefined;
      });

      expect(parked?.metric).toEqual({ outcome: 'rejected', reason: 'not-json' });
    });
  });

  it('delivers to the inbox what people get of findings, and what there is of alerts', async () => {
    const address = (await compose('port', 'inbox', '8025')).trim();
    const shown = async <Each>(path: string) =>
      (await (await fetch(`http://${address}${path}`)).json()) as Each[];
    const letters = await shown<{ kind: string; text: string }>('/letters');
    const alerts = await eventually(async () => {
      const all = await shown<{ labels: { alertname: string } }>('/alerts');
      return all.length > 0 ? all : undefined;
    });

    // A slow LocalStack may have delivered a letter twice.
    const about = (chosen: (letter: (typeof letters)[number]) => boolean) =>
      new Set(
        letters
          .filter(chosen)
          .map(({ text }) => /(?:finding|message)(?: id:)? ([\w-]{32,36})/.exec(text)?.[1] ?? text),
      );

    // One for each finding of the demo, and one for the message that was parked.
    expect(about(({ kind }) => kind === 'e-mail').size).toBe(16);
    expect(about(({ kind }) => kind === 'SMS').size).toBe(6);
    expect(about(({ text }) => text.startsWith('Object isolated')).size).toBe(6);
    expect(alerts.map(({ labels }) => labels.alertname)).toContain('IsolatorWatchdog');
  });

  describe('the commands of docs/runbook.md, as they stand there', () => {
    const commands = commandsOf('docs/runbook.md', 'Commands');
    /** With the name of this stack, as a shell runs it. */
    const shell = async (command: string) => {
      const script = command.replaceAll('docker compose ', `docker compose -p ${project} `);
      const { stdout, stderr } = await run('bash', ['-c', script], { cwd: root, env });
      // Compose says on standard error what it does with containers.
      return `${stderr.replaceAll(/^ ?(Container|Network|time=).*\n/gm, '')}${stdout}`;
    };

    it('are found', () => expect(commands.length).toBeGreaterThan(10));

    it.each(commands)('$command', async ({ command, output }) => {
      const printed = async () => masked(await shell(command));
      // What changes something is done once; what only looks may come too early.
      if (/--yes|start-message-move-task/.test(command)) expect(await printed()).toBe(masked(output));
      else await expect.poll(printed, { timeout: 20_000, interval: 1_000 }).toBe(masked(output));
    });
  });

  it('lets three workers share the load', async () => {
    await compose('up', '--wait', '--no-deps', '--scale', 'worker=3', 'worker');
    const busy = await eventually(async () => {
      expect(await demo()).not.toContain('WRONG');
      const received = await prometheus('isolator_messages_received_total > 0 and on (instance) up == 1');
      return received.length === 3 ? received : undefined;
    });

    expect(busy).toHaveLength(3);
  });

  it('counts what all three workers sample once', async () => {
    const queries = (name: string) =>
      panelQueries.filter((query) => query.name === name).map(({ expr }) => expr);
    const sampled = () => prometheus('isolator_queue_messages{queue="dead-letter",state="visible"} == 1');
    await eventually(async () => ((await sampled()).length === 3 ? true : undefined));

    const valuesOf = async (expr: string) => (await prometheus(expr)).map(({ value }) => value[1]);
    for (const expr of [...queries('Parked / parked'), ...queries('Backlog / parked')]) {
      expect(await valuesOf(expr), expr).toEqual(['1']);
    }
    // Prometheus evaluates its rules a while after it has scraped.
    const recorded = () => valuesOf('job:isolator_parked_messages:last');
    await expect.poll(recorded, { timeout: 60_000, interval: 1_000 }).toEqual(['1']);
  });

  it('answers every query with three workers as with one', async () => {
    for (const { name, expr } of [...panelQueries, ...recordingQueries, ...alertQueries]) {
      await expect(prometheus(expr), name).resolves.toBeDefined();
    }
    const [ready] = panelQueries.filter(({ name }) => name.startsWith('Workers ready'));
    expect((await prometheus(ready?.expr ?? '')).map(({ metric }) => metric)).toEqual([
      { ready: '3', expected: '1' },
    ]);
  });

  it('answers with metrics that promtool takes', async () => {
    const address = (await compose('port', 'worker', '8080')).trim();
    const exposition = await (await fetch(`http://${address}/metrics`)).text();
    const args = ['compose', '-p', project, 'exec', '-T', 'prometheus', 'promtool', 'check', 'metrics'];
    const checking = run('docker', args, { cwd: root, env });
    checking.child.stdin?.end(exposition);

    expect(await checking).toMatchObject({ stdout: '', stderr: '' });
  });

  it('leaves no container, volume or network behind', async () => {
    await compose('--profile', 'demo', 'down', '--volumes', '--timeout', '1');
    const label = `label=com.docker.compose.project=${project}`;

    expect(await docker('ps', '--all', '--quiet', '--filter', label)).toBe('');
    expect(await docker('volume', 'ls', '--quiet', '--filter', label)).toBe('');
    expect(await docker('network', 'ls', '--quiet', '--filter', label)).toBe('');
  });
});

describe('docker-compose.yml', () => {
  interface Service {
    readonly image: string;
    readonly ports?: readonly { readonly host_ip?: string }[];
    readonly environment?: Readonly<Record<string, string>>;
    readonly read_only?: boolean;
    readonly cap_drop?: readonly string[];
    readonly stop_grace_period?: string;
    readonly restart?: string;
    readonly logging?: { readonly options?: Readonly<Record<string, string>> };
    readonly volumes?: readonly { readonly type: string; readonly target: string }[];
  }
  let services: Readonly<Record<string, Service>>;
  beforeAll(async () => {
    const config = JSON.parse(await compose('--profile', 'demo', 'config', '--format', 'json')) as {
      services: typeof services;
    };
    ({ services } = config);
  });

  it('names every service, with images that stay the same', () => {
    expect(Object.fromEntries(Object.entries(services).map(([name, { image }]) => [name, image]))).toEqual({
      localstack: process.env['LOCALSTACK_IMAGE'] ?? 'localstack/localstack:4.14.0',
      worker: 'macie-isolator',
      demo: 'macie-isolator-demo',
      prometheus: 'prom/prometheus:v3.16.0',
      alertmanager: 'prom/alertmanager:v0.28.1',
      inbox: 'macie-isolator-demo',
      grafana: expect.stringMatching(/^grafana\/grafana:13\.2\.\d+$/),
    });
  });

  it('is reached from this machine only', () => {
    const published = Object.values(services).flatMap(({ ports = [] }) => ports);

    expect(published.map(({ host_ip }) => host_ip)).toEqual(published.map(() => '127.0.0.1'));
    expect(published).toHaveLength(6);
  });

  it('starts again what ends, and keeps logs small and numbers over a restart', () => {
    const staying = Object.entries(services).filter(([name]) => name !== 'demo');

    for (const [name, { restart, logging }] of staying) {
      expect(restart, name).toBe('unless-stopped');
      expect(logging?.options, name).toEqual({ 'max-size': '10m', 'max-file': '3' });
    }
    const mounted = ['prometheus', 'alertmanager'].flatMap((name) => services[name]?.volumes ?? []);
    expect(mounted.filter(({ type }) => type === 'volume').map(({ target }) => target)).toEqual([
      '/prometheus',
      '/alertmanager',
    ]);
  });

  it('locks the worker in, and leaves it the time to drain', () => {
    const { worker } = services;

    expect(worker).toMatchObject({ read_only: true, cap_drop: ['ALL'], stop_grace_period: '2m0s' });
    // The default of SHUTDOWN_TIMEOUT_MS, with 10 s for the rest, is below that.
    expect(worker?.environment).not.toHaveProperty('SHUTDOWN_TIMEOUT_MS');
  });

  it('is alone in setting UNCONDITIONAL_DELETE, beside an endpoint', () => {
    expect(services['worker']?.environment).toMatchObject({
      UNCONDITIONAL_DELETE: 'when-unsupported',
      AWS_ENDPOINT_URL: 'http://localstack:4566',
    });
  });
});
