import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { quickened } from './quickened.ts';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;
const services = ['localstack', 'store', 'worker', 'prometheus', 'alertmanager', 'inbox'];

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/**
 * docker-compose.yml with rules that are thirty times as fast, a worker that tries again soon, and before the S3 of
 * LocalStack a store that fails as it is told (`store.ts`).
 */
export async function startStack(project: string, settings: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'isolator-drill-'));
  cpSync(`${root}docker/prometheus`, folder, { recursive: true });
  const rules = join(folder, 'isolator.rules.yml');
  writeFileSync(rules, quickened(readFileSync(rules, 'utf8')));
  // Prometheus is nobody in its container.
  chmodSync(folder, 0o755);
  const override = join(folder, 'compose.json');
  const drill = [`${root}scripts/drill:/drill:ro`];
  const environment = {
    BACKOFF_BASE_SECONDS: '1',
    BACKOFF_MAX_SECONDS: '4',
    PARK_AFTER_RECEIVES: '200',
    ALERTS_PER_MINUTE: '100000',
    AWS_ENDPOINT_URL_S3: 'http://store:4566',
    ...settings,
  };
  writeFileSync(
    override,
    JSON.stringify({
      services: {
        worker: {
          environment,
          entrypoint: ['node', '/drill/reader.ts', '--min-semi-space-size=16', '/app/start.cjs', 'worker'],
          volumes: drill,
        },
        store: {
          image: 'macie-isolator',
          entrypoint: ['node', '/drill/store.ts'],
          volumes: drill,
          healthcheck: {
            test: ['CMD', 'node', '-e', 'fetch("http://127.0.0.1:8081").catch(()=>process.exit(1))'],
            interval: '2s',
            retries: 30,
          },
          depends_on: { localstack: { condition: 'service_healthy' } },
        },
        prometheus: { volumes: [`${folder}:/etc/prometheus:ro`, 'prometheus:/prometheus'] },
      },
    }),
  );
  const ports = ['LOCALSTACK', 'PROMETHEUS', 'ALERTMANAGER', 'INBOX', 'GRAFANA'];
  const env = { ...process.env, ...Object.fromEntries(ports.map((name) => [`${name}_PORT`, '0'])) };
  const docker = async (...args: readonly string[]) => {
    const { stdout } = await run('docker', args, { cwd: root, env, maxBuffer: 2 ** 26 });
    return stdout.trim();
  };
  const compose = (...args: readonly string[]) =>
    docker(
      'compose',
      '-p',
      project,
      '-f',
      'docker-compose.yml',
      '-f',
      override,
      '--profile',
      'demo',
      ...args,
    );

  const close = async () => {
    await compose('down', '--volumes', '--timeout', '1');
    rmSync(folder, { recursive: true });
  };

  await compose('build', 'worker', 'demo');
  await compose('up', '--wait', '--no-build', ...services).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const prometheusUrl = `http://${await compose('port', 'prometheus', '9090')}`;
  const ask = async (query: string): Promise<readonly Series[]> => {
    const answer = await fetch(`${prometheusUrl}/api/v1/query?${new URLSearchParams({ query }).toString()}`);
    const { data } = (await answer.json()) as { data: { result: readonly Series[] } };
    return data.result.filter(({ value }) => value[1] !== 'NaN');
  };

  return {
    docker,
    compose,
    prometheusUrl,
    ask,
    aws: (...args: readonly string[]) => compose('exec', '-T', 'localstack', 'awslocal', ...args),
    /** Tells the store how to fail, or to stop failing. */
    store: (order: string) =>
      compose('exec', '-T', 'store', 'node', '-e', `await fetch('http://127.0.0.1:8081/${order}')`),
    demo: () => compose('run', '--rm', '--no-deps', 'demo'),
    /** Until the question has an answer. */
    async until(query: string, deadlineSeconds = 300): Promise<readonly Series[]> {
      for (const endsAt = Date.now() + deadlineSeconds * 1000; ; await pause(1_000)) {
        const series = await ask(query);
        if (series.length > 0) return series;
        if (Date.now() > endsAt) throw new Error(`after ${deadlineSeconds} s still nothing answers ${query}`);
      }
    },
    close,
  };
}
