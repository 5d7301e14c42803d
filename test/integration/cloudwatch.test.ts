import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTemplate } from '../../src/aws/cloudformation/load-template.ts';
import { objectiveOf, readableAfter, reasonText, settledBy } from '../../src/core/outcome.ts';
import { logEvents } from '../../src/telemetry/log-events.ts';
import { alertRules, runbookAnchors } from '../support/dashboards.ts';
import { everyOutcome } from '../support/every-outcome.ts';
import { parseFilterPattern } from '../support/filter-pattern.ts';
import type { LogLine } from '../support/log-lines.ts';
import { startWorld, type World } from '../support/world.ts';

const template = loadTemplate(new URL('../../deploy/ecs/cloudwatch.yaml', import.meta.url).pathname);
const resources = Object.entries(template.Resources ?? {}) as unknown as readonly (readonly [
  string,
  { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> },
])[];
const ofType = (type: string) =>
  resources.filter(([, resource]) => resource.Type === type).map(([, { Properties }]) => Properties);

interface Filter {
  readonly FilterPattern: string;
  readonly MetricTransformations: readonly { readonly MetricName: string; readonly MetricValue: string }[];
}

const filters = (ofType('AWS::Logs::MetricFilter') as unknown as readonly Filter[]).map((filter) => {
  const { MetricName: name = '', MetricValue: value = '' } = filter.MetricTransformations[0] ?? {};
  return { name, value, pattern: filter.FilterPattern, matches: parseFilterPattern(filter.FilterPattern) };
});

/** The values that a metric gets from these lines. */
function valuesOf(name: string, lines: readonly LogLine[]): readonly unknown[] {
  const filter = filters.find((each) => each.name === name);
  if (!filter) throw new Error(`there is no filter for ${name}`);
  const field = /^\$\.(\w+)$/.exec(filter.value)?.[1];
  return lines
    .filter(filter.matches)
    .map((line) => (field === undefined ? Number(filter.value) : line[field]));
}

let world: World;
let lines: readonly LogLine[];
let metrics: string;
const counted = (series: string) => Number(new RegExp(`^${series} (\\S+)$`, 'm').exec(metrics)?.[1]);

beforeAll(async () => {
  world = await startWorld({ env: { PARK_AFTER_RECEIVES: '3', FENCE: 'kept' } });
  const bucket = world.bucket('enabled');
  const handle = async (key: string, overrides: Record<string, unknown> = {}) => {
    const object = await world.upload(bucket, key, `name\n${key}\n`);
    const [version] = world.versions(bucket, key);
    if (key === 'locked.csv' && version) {
      version.retention = { mode: 'GOVERNANCE', until: new Date('2999-01-01') };
    }
    const finding = world.finding(object, { createdAt: new Date().toISOString(), ...overrides });
    await world.put(finding);
    await world.untilSettled(finding.id);
  };
  const { faults } = world.aws.s3;
  faults.inject({
    kind: 'access-denied',
    when: ({ operation, bucket: from, key }) =>
      from === bucket && key === 'denied.csv' && operation !== 'PutObject',
  });
  faults.inject({
    kind: 'internal-error',
    when: ({ operation, key }) => operation === 'CopyObject' && key.includes('late.csv'),
    times: 5,
  });

  await handle('first.csv');
  await handle('second.csv');
  await handle('old.csv', { createdAt: '2025-01-01T00:00:00.000Z' });
  await handle('late.csv');
  await handle('medium.csv', { severity: { score: 2, description: 'Medium' } });
  await handle('locked.csv');
  await handle('denied.csv');
  const messageId = await world.send('no finding');
  await world.log.until('message_settled', { messageId, how: 'park' });
  lines = world.log.lines;
  metrics = await world.worker.metrics();
});
afterAll(() => world.close());

describe('the metric filters of deploy/ecs/cloudwatch.yaml', () => {
  it('count the very log lines as the metrics of the worker do', () => {
    const isolated = counted('isolator_isolations_total\\{outcome="isolated",reason=""\\}');

    expect(isolated).toBe(4);
    expect(valuesOf('Isolated', lines)).toHaveLength(isolated);
    expect(valuesOf('StillExposed', lines)).toHaveLength(1);
    expect(valuesOf('NotIsolated', lines)).toHaveLength(1);
    // The finding of 2025 is late, and so counts as a miss with these two.
    expect(3).toBe(counted('isolator_findings_not_isolated_total\\{severity="High"\\}'));
    expect(valuesOf('Parked', lines)).toHaveLength(
      counted('isolator_messages_settled_total\\{how="park"\\}'),
    );
    expect(valuesOf('Failed', lines)).toHaveLength(
      counted('isolator_messages_settled_total\\{how="back-off"\\}'),
    );
    expect(valuesOf('Failed', lines).length).toBeGreaterThan(0);
    expect(valuesOf('Handled', lines)).toHaveLength(8);
    for (const [name, result] of [
      ['FenceUnproved', 'tagged'],
      ['FenceOpen', 'open'],
    ] as const) {
      const fences = counted(`isolator_fences_total\\{result="${result}"\\}`);
      expect(fences, name).toBeGreaterThan(0);
      expect(valuesOf(name, lines), name).toHaveLength(fences);
    }
  });

  it.each(everyOutcome)(
    'count $name $reason as exposed, surely or perhaps, only where the table of outcomes does',
    (outcome) => {
      const reason = reasonText(outcome);
      const line = {
        event: 'finding_handled',
        outcome: outcome.name,
        ...(reason !== undefined && { reason }),
      };

      const isKept = objectiveOf(outcome) === 'missed' && settledBy(outcome) === 'park';
      const readable = readableAfter(outcome);

      expect(valuesOf('StillExposed', [line])).toHaveLength(isKept && readable === 'yes' ? 1 : 0);
      expect(valuesOf('NotIsolated', [line])).toHaveLength(isKept && readable === 'unknown' ? 1 : 0);
      expect(valuesOf('Held', [line])).toHaveLength(outcome.name === 'held' ? 1 : 0);
    },
  );

  it.each(everyOutcome)(
    'count $name $reason neither as exposed nor as a miss where a proved fence contains it',
    (outcome) => {
      const reason = reasonText(outcome);
      const line = {
        ...isolatedLine(),
        outcome: outcome.name,
        ...(reason !== undefined && { reason }),
        fence: 'fenced',
        contained: true,
      };

      for (const name of ['StillExposed', 'NotIsolated', 'Kept'])
        expect(valuesOf(name, [line]), name).toEqual([]);
    },
  );

  it.each(everyOutcome)('count $name $reason against the objective only where the table does', (outcome) => {
    const reason = reasonText(outcome);
    const line = { ...isolatedLine(), outcome: outcome.name, ...(reason !== undefined && { reason }) };

    expect(valuesOf('Kept', [line])).toHaveLength(objectiveOf(outcome) === 'missed' ? 1 : 0);
    expect(valuesOf('Kept', [{ ...line, severity: 'Medium' }])).toEqual([]);
    expect(valuesOf('Kept', [{ ...line, origin: 'backfill' }])).toEqual([]);
  });

  it('take times and sizes from them', () => {
    const sum = (name: string) =>
      valuesOf(name, lines).reduce<number>((total, value) => total + Number(value), 0);

    expect(sum('IsolatedBytes')).toBe(counted('isolator_isolated_bytes_total'));
    expect(valuesOf('FindingToIsolation', lines)).toHaveLength(4);
    expect(sum('FindingToIsolation')).toBeCloseTo(
      counted('isolator_finding_to_isolation_seconds_sum\\{severity="High"\\}'),
      3,
    );
    expect(valuesOf('Late', lines)).toHaveLength(1);
    expect(sum('ObjectExposure')).toBeCloseTo(
      counted('isolator_object_exposure_seconds_sum\\{severity="High"\\}'),
      3,
    );
  });

  it.each([
    [
      'VerificationFailed',
      { event: 'finding_handled', outcome: 'refused', reason: 'verification-failed' },
      1,
    ],
    ['VerificationFailed', { event: 'finding_handled', outcome: 'gone', reason: 'copy-unverified' }, 1],
    ['VerificationFailed', { event: 'finding_handled', outcome: 'refused', reason: 'sse-c' }, 0],
    ['FenceOpen', { event: 'fence_tried', fence: 'open' }, 1],
    ['FenceOpen', { event: 'fence_tried', fence: 'no-room' }, 1],
    ['FenceOpen', { event: 'fence_tried', fence: 'tagged' }, 0],
    ['FenceUnproved', { event: 'fence_tried', fence: 'tagged' }, 1],
    ['FenceUnproved', { event: 'fence_tried', fence: 'fenced' }, 0],
    ['Fenced', { event: 'fence_tried', fence: 'fenced' }, 1],
    ['Fenced', { event: 'fence_tried', fence: 'open' }, 0],
    ['FenceHitOther', { event: 'fence_hit_other', tags: '{}' }, 1],
    ['FenceHitOther', { event: 'fence_tried', fence: 'fenced' }, 0],
    ['AlertFailed', { event: 'handling_failed', code: 'AlertFailed' }, 1],
    ['AlertFailed', { event: 'finding_handled', outcome: 'isolated', alert: 'failed' }, 1],
    ['AlertFailed', { event: 'handling_failed', code: 'SlowDown' }, 0],
    ['PeopleNotTold', { event: 'finding_handled', outcome: 'isolated', alert: 'failed' }, 1],
    ['PeopleNotTold', { event: 'handling_failed', code: 'AlertFailed' }, 0],
    ['PeopleNotTold', { event: 'digest_given_up' }, 1],
    ['AlertSent', { event: 'digest_sent' }, 1],
    ['AlertSent', { event: 'finding_handled', outcome: 'isolated', alert: 'sent' }, 1],
    ['AlertSent', { event: 'finding_handled', outcome: 'isolated', alert: 'none' }, 0],
    ['Starts', { event: 'started' }, 1],
    ['QueueUnknown', { event: 'queue_not_sampled', queue: 'findings' }, 1],
    ['LogLinesDropped', { event: 'log_lines_dropped', count: 7 }, 1],
    ['PollFailed', { event: 'poll_failed' }, 1],
    ['PollFailed', { event: 'poll_recovered' }, 0],
    ['IsolationBucketUnusable', { event: 'isolation_bucket_unusable' }, 1],
    ['IsolationRefused', { event: 'isolation_refused', code: 'AccessDenied' }, 1],
    ['EventFailed', { event: 'handling_failed', code: 'OutcomeEventFailed' }, 1],
    ['EventFailed', { event: 'handling_failed', code: 'AlertFailed' }, 0],
    ['AccountSlowed', { event: 'handling_failed', code: 'BucketSlowed' }, 1],
    ['AccountSlowed', { event: 'handling_failed', code: 'SlowDown' }, 0],
    ['IsolationRefused', { event: 'isolation_allowed' }, 0],
    ['IsolationRefused', { event: 'isolation_probe_failed' }, 1],
    ['Paused', { event: 'still_paused', by: 'person' }, 1],
    ['Paused', { event: 'paused', by: 'unknown' }, 1],
    ['Paused', { event: 'still_paused', by: 'budget' }, 0],
    ['BudgetSpent', { event: 'paused', by: 'budget' }, 1],
    ['BudgetSpent', { event: 'still_paused', by: 'budget' }, 1],
    ['BudgetSpent', { event: 'still_paused', by: 'person' }, 0],
    ['BudgetLow', { event: 'budget_low', remaining: 1, budget: 10 }, 1],
    ['PolicyExceptionEnds', { event: 'policy_exception_ends', exception: 'case', endsInSeconds: 1 }, 1],
    ['UnfinishedHigh', { event: 'finding_unfinished', severity: 'High', ageSeconds: 601 }, 1],
    ['UnfinishedHigh', { event: 'finding_unfinished', severity: 'Low', ageSeconds: 601 }, 0],
    ['UnfinishedOther', { event: 'finding_unfinished', severity: 'None', ageSeconds: 601 }, 1],
    ['UnfinishedOther', { event: 'finding_unfinished', severity: 'High', ageSeconds: 601 }, 0],
    ['SampleFindings', { event: 'finding_handled', outcome: 'ignored', reason: 'sample' }, 1],
    ['SampleFindings', { event: 'finding_handled', outcome: 'ignored', reason: 'archived' }, 0],
    ['FindingToIsolation', { ...isolatedLine(), findingToIsolationSeconds: 5 }, 1],
    ['FindingToIsolation', { ...isolatedLine(), findingToIsolationSeconds: 5, origin: 'backfill' }, 0],
    ['FindingToIsolation', { ...isolatedLine(), findingToIsolationSeconds: 5, severity: 'Medium' }, 0],
    ['Late', { ...isolatedLine(), findingToIsolationSeconds: 300 }, 0],
    ['Late', { ...isolatedLine(), findingToIsolationSeconds: 300.1 }, 1],
    ['Late', { ...isolatedLine(), findingToIsolationSeconds: 900, origin: 'replay' }, 0],
  ] as const)('%s of %o is counted %i times', (name, line, times) => {
    expect(valuesOf(name, [line])).toHaveLength(times);
  });

  it.each(filters)('$name asks for documented events and fields only', ({ pattern, value }) => {
    const events = [...pattern.matchAll(/\$\.event = "(\w+)"/g)].map(([, event = '']) => event);
    const documented = Object.entries(logEvents)
      .filter(([event]) => events.includes(event))
      .flatMap(([, { fields }]) => Object.keys(fields));
    const asked = [...`${pattern} ${value}`.matchAll(/\$\.(\w+)/g)].map(([, field = '']) => field);

    expect(events.length).toBeGreaterThan(0);
    expect(events.filter((event) => !Object.hasOwn(logEvents, event))).toEqual([]);
    expect(asked.filter((field) => field !== 'event' && !documented.includes(field))).toEqual([]);
  });
});

function isolatedLine() {
  return { event: 'finding_handled', outcome: 'isolated', severity: 'High' };
}

describe('the alarms of deploy/ecs/cloudwatch.yaml', () => {
  const names = new Set(filters.map(({ name }) => name));

  const alarms = resources.filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
  const metricsOf = (properties: object) =>
    [...JSON.stringify(properties).matchAll(/"MetricName":"(\w+)"/g)].map(([, metric = '']) => metric);

  it.each(alarms)(
    '%s watches a metric that there is, and names a section of the runbook',
    (_, { Properties }) => {
      const section =
        /See docs\/runbook\.md, (\S+)\.$/.exec(String(Properties['AlarmDescription']))?.[1] ?? '';
      const watched = metricsOf(Properties).filter((metric) => !metric.startsWith('Approximate'));

      expect(watched.filter((metric) => !names.has(metric))).toEqual([]);
      expect(runbookAnchors).toContain(section.toLowerCase());
      expect(section.startsWith('Isolator') ? alertRules.map(({ alert }) => alert) : [section]).toContain(
        section,
      );
    },
  );

  it('say the same as the alerts of Prometheus, as docs/dashboards.md lists them', () => {
    const text = ['cloudwatch', 'service', 'data-plane'].map((file) =>
      readFileSync(new URL(`../../deploy/ecs/${file}.yaml`, import.meta.url), 'utf8'),
    );
    const page = readFileSync(new URL('../../docs/dashboards.md', import.meta.url), 'utf8');
    const rows = new Map(
      [...page.matchAll(/^\| `(Isolator\w+)` \| ([^|]+) \|$/gm)].map(([, alert = '', cell = '']) => [
        alert,
        cell,
      ]),
    );
    const named = [...rows.values()].flatMap((cell) =>
      [...cell.matchAll(/`(\w+Alarm)`/g)].map(([, alarm = '']) => alarm),
    );

    expect([...rows.keys()].toSorted()).toEqual(alertRules.map(({ alert = '' }) => alert).toSorted());
    expect(named.filter((alarm) => !text.some((template) => template.includes(`  ${alarm}:`)))).toEqual([]);
    expect(alarms.map(([name]) => name).filter((name) => !named.includes(name))).toEqual([]);
  });

  it('of a halt holds as long as the halt stands, over a minute without a line', () => {
    const [, alarm] = alarms.find(([name]) => name === 'IsolationRefusedAlarm') ?? [];

    expect(alarm?.Properties).toMatchObject({ Period: 300, EvaluationPeriods: 3, DatapointsToAlarm: 1 });
  });
});

describe('the alarm about the objective of a day', () => {
  const { Properties } = resources.find(([name]) => name === 'ObjectiveMissedAlarm')?.[1] ?? {};
  const [{ Expression = '' } = {}] = (Properties?.['Metrics'] ?? []) as readonly { Expression?: string }[];

  it.each([
    ['five misses of a hundred', { isolated: 98, late: 3, kept: 2 }, 5],
    ['four misses of four: too few to say', { isolated: 2, late: 2, kept: 2 }, 0],
    ['nothing at all', { isolated: 0, late: 0, kept: 0 }, 0],
  ])('shows %s', (_, values, percent) => {
    const numbers = Expression.replaceAll(
      /FILL\((\w+), 0\)/g,
      (__, id: keyof typeof values) => `${values[id]}`,
    );
    const [, condition = '', value = ''] = /^IF\((.+?), (.+), 0\)$/.exec(numbers) ?? [];

    expect(runInNewContext(`${condition} ? ${value} : 0`)).toBe(percent);
    expect(Properties).toMatchObject({ Threshold: 3, EvaluationPeriods: 1 });
  });
});

describe('the dashboard of deploy/ecs/cloudwatch.yaml', () => {
  const [body] = ofType('AWS::CloudWatch::Dashboard').map(({ DashboardBody }) => DashboardBody);
  const { 'Fn::Sub': text = '' } = (body ?? {}) as { 'Fn::Sub'?: string };
  const { widgets } = JSON.parse(text) as {
    widgets: readonly {
      properties: { title?: string; metrics?: readonly (readonly [string, string])[]; query?: string };
    }[];
  };

  it.each([
    ['ten refused and one isolated', { refused: 10, isolated: 1 }, 100 / 11],
    ['one late of four', { isolated: 3, late: 1 }, 75],
    ['nothing but refusals', { refused: 2 }, 0],
    ['one of a bucket that is gone', { gone: 1, isolated: 1 }, 100],
  ])('shows the share of High findings within five minutes: %s', (_, counts, share) => {
    const each: Readonly<Record<string, LogLine>> = {
      isolated: { ...isolatedLine(), findingToIsolationSeconds: 5 },
      late: { ...isolatedLine(), findingToIsolationSeconds: 301 },
      refused: { ...isolatedLine(), outcome: 'refused', reason: 'sse-c' },
      gone: { ...isolatedLine(), outcome: 'refused', reason: 'no-such-bucket' },
    };
    const seen = Object.entries(counts).flatMap(([name, count]) =>
      Array.from({ length: count }, () => each[name] ?? {}),
    );
    const widget = widgets.find(
      ({ properties: { title } }) => title === 'Share of High findings within five minutes',
    );
    const [sum, ...series] = (widget?.properties.metrics ?? []) as unknown as readonly [
      readonly [{ readonly expression: string }],
      ...(readonly [string, string, { readonly id: string }])[],
    ];
    const known = new Map(series.map(([, name, { id }]) => [id, valuesOf(name, seen).length]));
    const numbers = sum[0].expression.replaceAll(/FILL\((\w+), 0\)/g, (__, id: string) => `${known.get(id)}`);

    expect(runInNewContext(numbers)).toBeCloseTo(share);
  });

  it('shows every metric, and no other', () => {
    const shown = widgets
      .flatMap(({ properties: { metrics = [] } }) => metrics)
      .filter(([namespace]) => namespace === '${Prefix}')
      .map(([, name]) => name);

    // RetriedFindings comes from service.yaml.
    expect(new Set(shown)).toEqual(new Set([...filters.map(({ name }) => name), 'RetriedFindings']));
  });

  it('reads the log by documented events and fields', () => {
    const [query = ''] = widgets.flatMap(({ properties }) => properties.query ?? []);

    for (const field of ['settledBy', 'findingId', 'outcome', 'reason']) {
      expect(query).toContain(field);
      expect(logEvents.finding_handled.fields).toHaveProperty(field);
    }
  });
});
