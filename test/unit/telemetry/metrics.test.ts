import { globSync, readFileSync } from 'node:fs';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../src/core/errors.ts';
import type { Severity } from '../../../src/core/finding.ts';
import { outcomeReasons } from '../../../src/core/outcome.ts';
import { awsOperations } from '../../../src/telemetry/aws-operations.ts';
import { createEvents } from '../../../src/telemetry/events.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { everyOutcome } from '../../support/every-outcome.ts';
import { finding, message } from '../../support/findings.ts';

const exposition = () => createMetrics({ version: '1.2.3', revision: 'abc' }).registry.metrics();

/** The names that others rely on (docs/metrics.md), those of later features left out. */
const names = [
  'isolations_total',
  'isolation_duration_seconds',
  'step_duration_seconds',
  'finding_to_isolation_seconds',
  'object_exposure_seconds',
  'queue_wait_seconds',
  'isolated_bytes_total',
  'messages_received_total',
  'messages_settled_total',
  'message_receive_count',
  'messages_in_flight',
  'concurrency_limit',
  'queue_messages',
  'queue_poll_errors_total',
  'aws_request_errors_total',
  'alerts_total',
  'visibility_extensions_total',
  'last_poll_timestamp_seconds',
  'last_message_processed_timestamp_seconds',
  'last_sample_finding_timestamp_seconds',
  'shutting_down',
  'build_info',
];

describe('the metrics', () => {
  it('are all there from the start, each with a help text', async () => {
    const text = await exposition();

    for (const name of names) expect(text).toMatch(new RegExp(`^# HELP isolator_${name} \\S`, 'm'));
  });

  it('have every outcome and reason at 0 from the start', async () => {
    const text = await exposition();

    for (const [outcome, reasons] of Object.entries(outcomeReasons)) {
      for (const reason of reasons.length > 0 ? reasons : ['']) {
        expect(text).toContain(`isolator_isolations_total{outcome="${outcome}",reason="${reason}"} 0\n`);
      }
    }
  });

  it('have the names that promtool takes: what is counted ends in _total, and nothing else does', async () => {
    const types = [...(await exposition()).matchAll(/^# TYPE (\S+) (\S+)$/gm)];
    const isMisnamed = ([, name = '', type]: RegExpExecArray) =>
      name.endsWith('_total') !== (type === 'counter');

    expect(types.length).toBeGreaterThan(30);
    expect(types.filter(isMisnamed).map(([line]) => line)).toEqual([]);
  });

  it('say what is running', async () => {
    expect(await exposition()).toContain(
      `isolator_build_info{version="1.2.3",revision="abc",node_version="${process.version}"} 1`,
    );
  });
});

const severities: readonly Severity[] = ['High', 'Medium', 'Low'];

const series = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('findings that are held', () => {
  const scraped = async (metrics: ReturnType<typeof createMetrics>) =>
    series(await metrics.registry.metrics()).filter((line) => line.startsWith('isolator_findings_held'));
  const held = (events: ReturnType<typeof createEvents>, reason: 'rule-limit' | 'bucket-limit') =>
    events.handlingEnded(
      message(),
      { outcome: { name: 'held', reason }, settlement: { by: 'delete' }, alert: 'sent', recorded: true },
      1,
    );

  it('show as isolator_findings_held while their hour lasts, and are counted for ever', async () => {
    let now = new Date('2026-11-27T22:59:59Z');
    const metrics = createMetrics({ version: '1.2.3', revision: 'abc' });
    const events = createEvents(pino({ level: 'silent' }), metrics, () => now);

    held(events, 'rule-limit');
    held(events, 'rule-limit');
    held(events, 'bucket-limit');
    expect(await scraped(metrics)).toEqual([
      'isolator_findings_held{why="rule-limit"} 2',
      'isolator_findings_held{why="bucket-limit"} 1',
      'isolator_findings_held_total{why="rule-limit"} 2',
      'isolator_findings_held_total{why="bucket-limit"} 1',
    ]);

    now = new Date('2026-11-27T23:00:00Z');
    expect(await scraped(metrics)).toEqual([
      'isolator_findings_held{why="rule-limit"} 0',
      'isolator_findings_held{why="bucket-limit"} 0',
      'isolator_findings_held_total{why="rule-limit"} 2',
      'isolator_findings_held_total{why="bucket-limit"} 1',
    ]);
    held(events, 'bucket-limit');
    expect(await scraped(metrics)).toContain('isolator_findings_held{why="bucket-limit"} 1');
  });

  it('are 0 by both names from the start', async () => {
    const text = await exposition();

    for (const name of ['findings_held', 'findings_held_total']) {
      for (const why of outcomeReasons.held) expect(text).toContain(`isolator_${name}{why="${why}"} 0\n`);
    }
  });
});

describe('the number of series', () => {
  it('stays under 1,200 whatever findings come', async () => {
    const metrics = createMetrics({ version: '1.2.3', revision: 'abc' });
    const events = createEvents(pino({ level: 'silent' }), metrics);
    const before = series(await metrics.registry.metrics());
    const operations = Object.entries(awsOperations).flatMap(([service, names]) =>
      names.map((operation) => ({ service, operation })),
    );

    for (let index = 0; index < 10_000; index += 1) {
      const outcome = everyOutcome[index % everyOutcome.length] ?? { name: 'isolated' };
      const about = message({ id: `message-${index}`, receiveCount: 1 + (index % 50) });
      const { id, object, ...rest } = finding({ id: `finding-${index}` });
      const flagged = { ...object, accountId: `${index}`, bucket: `bucket-${index}`, key: `key-${index}` };
      const own = { id, object: flagged, ...rest, severity: severities[index % 3] as Severity };
      const call = operations[index % operations.length] ?? { service: 's3', operation: 'GetObject' };
      events.messageReceived(about);
      events.messageRead(about, own.id);
      const ended = { outcome, finding: own, alert: 'sent', recorded: true } as const;
      const settled = { ...ended, settlement: { by: 'delete' } } as const;
      events.handlingEnded(about, settled, index);
      events.findingHandled(about, settled, index);
      events.handlingFailed(about, new RetryableError(`Code${index}`, 'x'), 1);
      events.awsRequestDone({ ...call, seconds: index / 100, retries: 1 });
      events.awsRequestFailed({ ...call, code: `Code${index}` });
      events.settled('delete', about);
    }

    const text = await metrics.registry.metrics();
    expect(series(text).length).toBeLessThan(1_200);
    expect(series(text)).toHaveLength(before.length);
    expect(text).not.toMatch(/finding-\d|message-\d|bucket-\d|key-\d/);
    expect(text).toContain('isolator_messages_received_total 10000\n');
  });
});

describe('every series with a fixed set of values', () => {
  it('exists with the value 0 from the start', async () => {
    const text = await exposition();

    for (const expected of [
      ...['High', 'Medium', 'Low', 'None'].flatMap((severity) => [
        `finding_to_isolation_seconds_count{severity="${severity}"}`,
        `object_exposure_seconds_count{severity="${severity}"}`,
        `findings_not_isolated_total{severity="${severity}"}`,
      ]),
      ...['identify', 'copy', 'verify', 'delete', 'alert', 'record'].map(
        (step) => `step_duration_seconds_count{step="${step}"}`,
      ),
      ...Object.keys(outcomeReasons).map(
        (outcome) => `isolation_duration_seconds_count{outcome="${outcome}"}`,
      ),
      ...['delete', 'park', 'back-off', 'hand-back'].map((how) => `messages_settled_total{how="${how}"}`),
      ...['extended', 'failed', 'lost'].map((result) => `visibility_extensions_total{result="${result}"}`),
      ...['sent', 'failed', 'none'].map((result) => `alerts_total{result="${result}"}`),
    ]) {
      expect(text).toContain(`isolator_${expected} 0\n`);
    }
  });
});

/** Commands tell no metric of their calls. */
const ofCommands = [
  'ssm/parameters.ts',
  'cloudformation/**',
  'sts/**',
  'iam/**',
  'ecr/**',
  's3/bucket/bucket-exists.ts',
  's3/bucket/bucket-policy.ts',
  's3/isolation/evidence-reader.ts',
  's3/isolation/legal-hold.ts',
  'queue/send-messages.ts',
  'macie/findings-archive.ts',
  'queue/dead-letter-queue.ts',
  'queue/existing-queues.ts',
  'macie/identifiers.ts',
  'macie/jobs.ts',
  'macie/account.ts',
  'macie/never-shown.ts',
  'macie/flagged-buckets.ts',
  'macie/samples.ts',
  'sns/subscriptions.ts',
  'kms/**',
  'cloudtrail/**',
  'eventbridge/rules.ts',
  's3/bucket/bucket-settings.ts',
  's3/bucket/bucket-policies.ts',
  's3/source/fence-canary.ts',
];

describe('the operations of AWS', () => {
  it('are those that the adapters call, each there at 0 from the start', async () => {
    const folder = new URL('../../../src/aws/', import.meta.url).pathname;
    const sources = globSync('**/*.ts', { cwd: folder, exclude: ofCommands }).map((file) =>
      readFileSync(folder + file, 'utf8'),
    );
    const called = sources.flatMap((text) =>
      [...text.matchAll(/new (\w+)Command\(/g)].map(([, name = '']) => name),
    );
    // sqs-consumer receives by itself.
    const expected = new Set([...called, 'ReceiveMessage']);
    const known = Object.values(awsOperations).flat();
    const text = await exposition();

    expect(ofCommands.filter((pattern) => globSync(pattern, { cwd: folder }).length === 0)).toEqual([]);
    expect(new Set<string>(known)).toEqual(expected);
    for (const operation of known) {
      expect(text).toMatch(
        new RegExp(`^isolator_aws_request_duration_seconds_count.*operation="${operation}"} 0$`, 'm'),
      );
      expect(text).toMatch(
        new RegExp(`^isolator_aws_request_retries_total.*operation="${operation}"} 0$`, 'm'),
      );
    }
  });
});

describe('the buckets', () => {
  it('reach from seconds to weeks for exposure, with the objective as one of them, and to hours for a handling', async () => {
    const text = await exposition();

    for (const bound of [1, 300, 86_400, 2_592_000]) {
      expect(text).toContain(`isolator_finding_to_isolation_seconds_bucket{le="${bound}",severity="High"} 0`);
    }
    for (const bound of [0.01, 300, 3_600]) {
      expect(text).toContain(`isolator_step_duration_seconds_bucket{le="${bound}",step="copy"} 0`);
    }
  });
});
