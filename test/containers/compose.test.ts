import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;
const project = `macie-isolator-test-${process.pid}`;
/** Any free port instead of the usual ones, which another `docker compose up` may hold. */
const env = { ...process.env, LOCALSTACK_PORT: '0', PROMETHEUS_PORT: '0', GRAFANA_PORT: '0' };

async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', args, { cwd: root, env, maxBuffer: 2 ** 26 });
  return stdout;
}
const compose = (...args: readonly string[]) => docker('compose', '-p', project, ...args);

/** Without the containers it depends on: they run, and some runtimes would make them anew. */
const demo = (...flags: readonly string[]) => compose('run', '--rm', '--no-deps', 'demo', ...flags);

async function prometheus(query: string): Promise<readonly { metric: object; value: [number, string] }[]> {
  const address = (await compose('port', 'prometheus', '9090')).trim();
  const answer = await fetch(`http://${address}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { status, data } = (await answer.json()) as {
    status: string;
    data: { result: readonly { metric: object; value: [number, string] }[] };
  };
  if (status !== 'success') throw new Error(`Prometheus does not take ${query}`);
  return data.result;
}

interface Panel {
  readonly title: string;
  readonly datasource: object;
  readonly targets: readonly { readonly expr: string }[];
}

const readDashboard = () =>
  JSON.parse(readFileSync(`${root}docker/grafana/dashboards/macie-isolator.json`, 'utf8')) as {
    readonly panels: readonly Panel[];
  };

describe('docker compose', () => {
  beforeAll(async () => {
    await compose('--profile', 'demo', 'build');
    await compose('up', '--wait', 'worker', 'prometheus');
    // What moved is only seen by who looked before.
    await eventually(async () => (await prometheus('isolator_isolated_bytes_total')).length === 1);
  });
  afterAll(async () => {
    await compose('--profile', 'demo', 'down', '--volumes', '--timeout', '1');
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

  it('gives Grafana panels with something to show', async () => {
    const panels = readDashboard().panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }) => ({ title, expr })),
    );
    const silentPanels = async () => {
      const silent: string[] = [];
      for (const { title, expr } of panels) {
        const query = expr.replaceAll('$__range', '10m').replaceAll('$__rate_interval', '10m');
        if ((await prometheus(query)).length === 0) silent.push(title);
      }
      return silent;
    };

    // No AWS request failed.
    await eventually(async () => (await silentPanels()).join() === 'Failed AWS requests per minute');
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

  it('leaves nothing behind', async () => {
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
      grafana: expect.stringMatching(/^grafana\/grafana:13\.2\.\d+$/),
    });
  });

  it('is reached from this machine only', () => {
    const published = Object.values(services).flatMap(({ ports = [] }) => ports);

    expect(published.map(({ host_ip }) => host_ip)).toEqual(published.map(() => '127.0.0.1'));
    expect(published).toHaveLength(4);
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
