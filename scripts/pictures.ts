import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startStack } from './drill/stack.ts';

/**
 * Draws docs/pictures from live data: `docker compose` with the demo, then with parked messages, then in an outage. What
 * draws is the program in DASHBOARD_VIEW, which takes --dashboards, --prometheus, --out, --hours and --height.
 */
const view = process.env['DASHBOARD_VIEW'];
if (view === undefined) throw new Error('DASHBOARD_VIEW must name the program that draws dashboards');

const root = new URL('../', import.meta.url).pathname;
const queue = 'http://localhost:4566/000000000000/macie-isolator-findings';
const stack = await startStack(`macie-isolator-pictures-${process.pid}`, { PARK_AFTER_RECEIVES: '20' });

/**
 * Until what was waited for has been seen by the rules, and no label of an axis stands at the edge, where it is cut: axes
 * are labelled every five minutes, the wide ones every minute.
 */
async function settled(): Promise<void> {
  await pause(15_000);
  while (Date.now() % 300_000 < 40_000 || Date.now() % 60_000 < 25_000) await pause(1_000);
}

async function draw(state: string): Promise<void> {
  await settled();
  const out = mkdtempSync(join(tmpdir(), 'isolator-pictures-'));
  const size = ['--hours', '0.25', '--width', '1366', '--height', '0'];
  const args = [
    '--dashboards',
    `${root}docker/grafana/dashboards`,
    '--prometheus',
    stack.prometheusUrl,
    '--out',
    out,
  ];
  await promisify(execFile)(view ?? '', [...args, ...size]);
  for (const dashboard of ['isolation', 'worker']) {
    cpSync(join(out, `${dashboard}.png`), `${root}docs/pictures/${dashboard}-${state}.png`);
  }
}

try {
  await stack.demo();
  await stack.until(
    'sum(increase(isolator_isolations_total{outcome="isolated"}[20m])) > 5.5 and on () job:isolator_objective_findings:increase30d > 0',
  );
  await draw('after-the-demo');

  for (const body of ['no finding', 'neither this', '{"detail":{}}']) {
    await stack.aws('sqs', 'send-message', '--queue-url', queue, '--message-body', body);
  }
  await stack.until('ALERTS{alertname="IsolatorFindingsParked",alertstate="firing"}');
  await draw('with-parked-work');

  await stack.compose('stop', '--timeout', '1', 'worker');
  await stack.until('ALERTS{alertname="IsolatorWorkerDown",alertstate="firing"}');
  await draw('in-an-outage');
} finally {
  await stack.close();
}
