import { describe, expect, it } from 'vitest';
import { factsOf } from '../../../../src/core/operate/status/facts.ts';
import type { ServiceSeen, StatusSources } from '../../../../src/core/operate/status/sources.ts';
import { readWorkerNumbers } from '../../../../src/core/operate/status/worker-numbers.ts';
import type { Budget } from '../../../../src/core/valve/budget.ts';

const now = new Date('2026-11-28T10:30:00Z');
const limits = { maxAgeMs: 3_600_000, maxParked: 0 };
const count: Budget = {
  hour: '2026-11-28T10',
  budget: 100,
  leased: 40,
  countFrom: new Date('2026-11-28T10:00:00Z'),
  alerted: false,
};
const valve = {
  pause: undefined,
  at: now,
  spentSince: undefined,
  budget: 100,
  leased: 40,
  countFrom: count.countFrom,
  count,
  damaged: [],
};

const sources = (more: Partial<StatusSources> = {}): StatusSources => ({
  valve: { value: valve },
  queue: { value: { visible: 1, in_flight: 2, delayed: 3 } },
  parked: { value: { findings: 0, rules: 0 } },
  records: { value: { since: '2026-11-26', isolatedToday: 4, missed: { retained: 0, refused: 0, held: 0 } } },
  workers: { value: [{ value: { alertsFailed: 0 } }] },
  service: { unknown: 'No stack.', isNotNamed: true },
  counted: { unknown: 'No stack.', isNotNamed: true },
  ...more,
});

const fact = (name: string, more: Partial<StatusSources> = {}) =>
  factsOf(sources(more), limits, now).find((one) => one.name === name);

describe('the status', () => {
  it('counts what is left of this hour’s budget', () => {
    expect(fact('budget-left')).toMatchObject({ state: 'fine', value: 60 });
    const earlier = { ...valve, count: { ...count, hour: '2026-11-28T09' } };
    expect(fact('budget-left', { valve: { value: earlier } })).toMatchObject({ value: 100 });
    const spent = { ...valve, spentSince: now, count: { ...count, spentSince: now } };
    expect(fact('budget-left', { valve: { value: spent } })).toMatchObject({ state: 'wrong', value: 0 });
    expect(fact('service', { valve: { value: spent } })).toMatchObject({ value: 'budget-spent' });
  });

  it('does not take the budget of before a resumption for that of after it', () => {
    const resumed = (budget?: number) => ({
      by: 'Ada',
      reason: 'mended',
      paused: false,
      since: new Date('2026-11-28T10:20:00Z'),
      ...(budget !== undefined && { budget }),
    });
    const after = (budget?: number) =>
      fact('budget-left', { valve: { value: { ...valve, pause: resumed(budget) } } });
    expect(after(7)).toMatchObject({ state: 'fine', value: 7 });
    expect(after()).toMatchObject({ state: 'unknown', value: null });
    const counted = { ...valve, pause: resumed(), count: { ...count, countFrom: resumed().since } };
    expect(
      fact('budget-left', { valve: { value: { ...counted, countFrom: resumed().since } } }),
    ).toMatchObject({
      state: 'fine',
      value: 60,
    });
  });

  it('counts what EventBridge could not deliver beside what workers parked', () => {
    const parked = (findings: number, rules: number) =>
      fact('parked', { parked: { value: { findings, rules } } });
    expect(parked(0, 0)).toMatchObject({ state: 'fine', value: 0, text: 'Nothing is parked.' });
    expect(parked(1, 0)).toMatchObject({ state: 'wrong', value: 1 });
    expect(parked(1, 2)).toMatchObject({
      state: 'wrong',
      value: 3,
      text: 'Messages wait in the dead-letter queues for a person: 1 parked by workers, 2 that EventBridge could not deliver.',
    });
  });

  it('is wrong where the oldest finding is older than allowed', () => {
    const at = (minutes: number) => ({
      workers: { value: [{ value: { oldestUnfinished: new Date(now.getTime() - minutes * 60_000) } }] },
    });
    expect(fact('oldest-unfinished', at(59))).toMatchObject({ state: 'fine', value: 3_540 });
    expect(fact('oldest-unfinished', at(61))).toMatchObject({ state: 'wrong', value: 3_660 });
  });

  it('says halted where one worker halts, whatever the others say', () => {
    const workers = { value: [{ value: { isHalted: false } }, { value: { isHalted: true } }] };

    expect(factsOf(sources({ workers }), limits, now)[0]).toMatchObject({ name: 'service', value: 'halted' });
  });

  it('knows no number that one worker does not say', () => {
    const workers = { value: [{ value: { alertsFailed: 0 } }, { unknown: 'w does not answer.' }] };

    expect(fact('not-told', { workers })).toMatchObject({ state: 'unknown', value: null });
  });
});

describe('the workers, as ECS tells', () => {
  const unnamed: StatusSources['workers'] = { unknown: 'No worker was named.', isNotNamed: true };
  const well: ServiceSeen = { desired: 2, running: 2, pending: 0, deployment: 'done' };
  const onEcs = (more: Partial<ServiceSeen>) =>
    fact('workers', { workers: unnamed, service: { value: { ...well, ...more } } });

  it.each<[string, Partial<ServiceSeen>, 'fine' | 'wrong']>([
    ['all run', {}, 'fine'],
    ['one starts while another runs', { running: 1, pending: 1 }, 'fine'],
    ['one is missing and none starts', { running: 1 }, 'wrong'],
    ['none runs yet', { running: 0, pending: 2 }, 'wrong'],
    ['none is wanted', { desired: 0, running: 0 }, 'wrong'],
    ['a deployment is in progress', { deployment: 'in-progress' }, 'fine'],
    ['a deployment fails', { deployment: 'failing' }, 'wrong'],
  ])('are judged where %s', (_, more, state) => {
    expect(onEcs(more)).toMatchObject({ state, value: more.running ?? 2 });
  });

  it('are wrong where a named worker answers and too few tasks run', () => {
    const service = { value: { ...well, running: 1 } };

    expect(fact('workers', { service })).toMatchObject({ state: 'wrong', value: 1 });
    expect(fact('workers', { service })?.text).toBe('1 of 1 answer. ECS runs 1 of 2 tasks.');
  });

  it('are not counted for what a named worker says better', () => {
    const log = { since: '2026-11-26', notTold: 9, isHalted: true, oldestUnfinishedSeconds: 9 };
    const counted = { value: { log } };

    expect(fact('not-told', { counted })).toMatchObject({ value: 0 });
    expect(fact('service', { counted })).toMatchObject({ value: 'running' });
    expect(fact('service', { counted, workers: unnamed })).toMatchObject({ value: 'halted' });
  });
});

describe('the metrics of a worker', () => {
  it('tell what is wrong with it', () => {
    const text = [
      '# HELP isolator_isolation_fault 1 while',
      'isolator_isolation_fault 1',
      'isolator_shutting_down 0',
      'isolator_messages_in_flight 7',
      'isolator_alerts_total{result="sent"} 9',
      'isolator_alerts_total{result="failed"} 2',
      'isolator_oldest_unfinished_finding_timestamp_seconds{severity="High"} 1795860000',
      'isolator_oldest_unfinished_finding_timestamp_seconds{severity="Low"} 1795850000.5',
      'isolator_build_info{version="1.2.3",revision="x",node_version="24"} 1',
    ].join('\n');

    expect(readWorkerNumbers(text)).toEqual({
      isHalted: true,
      isShuttingDown: false,
      inFlight: 7,
      alertsFailed: 2,
      oldestUnfinished: new Date(1_795_850_000_500),
      version: '1.2.3',
    });
  });

  it('are not those of another program', () => {
    expect(readWorkerNumbers('<html>isolator_build_info</html>')).toBeUndefined();
    expect(readWorkerNumbers('isolator_build_info{version="1"} 1')).toEqual({ version: '1' });
  });
});
