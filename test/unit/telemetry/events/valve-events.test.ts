import { beforeEach, describe, expect, it } from 'vitest';
import { createEvents } from '../../../../src/telemetry/events.ts';
import { createLogger } from '../../../../src/telemetry/logger.ts';
import { createMetrics } from '../../../../src/telemetry/metrics.ts';
import { createLogLines } from '../../../support/log-lines.ts';

const count = {
  hour: '2026-11-27T22',
  budget: 100,
  leased: 100,
  countFrom: new Date(0),
  spentSince: new Date(1_000),
  alerted: false,
};
const read = { budget: 100, spent: undefined };
let events: ReturnType<typeof createEvents>;
let metrics: ReturnType<typeof createMetrics>;
let log: ReturnType<typeof createLogLines>;

beforeEach(() => {
  log = createLogLines();
  metrics = createMetrics({ version: '1', revision: '1' });
  const logger = createLogger({ level: 'debug', version: '1', destination: log.destination });
  events = createEvents(logger, metrics, () => new Date(0));
});
const shown = async (name: string) =>
  new RegExp(`^isolator_${name} (\\S+)$`, 'm').exec(await metrics.registry.metrics())?.[1];

describe('the valve in the metrics', () => {
  it('has no number before pause and budget were read, nor once they are unknown again', async () => {
    expect(await shown('budget')).toBeUndefined();
    expect(await shown('budget_remaining')).toBeUndefined();

    events.valveRead({ ...read, remaining: 70 });
    expect(await shown('budget')).toBe('100');
    expect(await shown('budget_remaining')).toBe('70');

    events.valveRead({ remaining: undefined, budget: undefined, spent: undefined });
    expect(await shown('budget')).toBeUndefined();
    expect(await shown('budget_remaining')).toBeUndefined();
  });

  it('tells a spent budget from the pause of a person', async () => {
    const pause = { paused: true, by: 'Ada', reason: 'x', since: new Date(0) };
    events.paused({ by: 'person', pause });
    events.valveRead({ ...read, remaining: 70 });
    expect([await shown('paused'), await shown('budget_spent')]).toEqual(['1', '0']);
    events.valveRead({ ...read, remaining: 0, spent: count });
    expect([await shown('paused'), await shown('budget_spent')]).toEqual(['1', '1']);
    events.paused({ by: 'budget', count });
    expect([await shown('paused'), await shown('budget_spent')]).toEqual(['1', '1']);
    events.resumed();
    events.valveRead({ ...read, remaining: 100 });
    expect([await shown('paused'), await shown('budget_spent')]).toEqual(['0', '0']);
  });
});

describe('the valve in the log', () => {
  it('says that less than a fifth of the budget is left, once a minute', () => {
    events.valveRead({ ...read, remaining: 20 });
    expect(log.lines).toEqual([]);
    events.valveRead({ ...read, remaining: 19 });
    events.valveRead({ ...read, remaining: 18 });
    expect(log.lines).toMatchObject([{ level: 'warn', event: 'budget_low', remaining: 19, budget: 100 }]);
  });
});
