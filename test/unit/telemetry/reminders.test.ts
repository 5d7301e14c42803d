import { beforeEach, describe, expect, it } from 'vitest';
import { compilePolicy, defaultDocument } from '../../../src/core/policy/policy.ts';
import { createEvents } from '../../../src/telemetry/events.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { finding, message } from '../../support/findings.ts';
import { handled } from '../../support/handled.ts';
import { createLogLines } from '../../support/log-lines.ts';

const start = Date.parse('2026-11-20T20:00:00.000Z');
let log: ReturnType<typeof createLogLines>;
let events: ReturnType<typeof createEvents>;
let now: number;

beforeEach(() => {
  now = start;
  log = createLogLines();
  const logger = createLogger({ level: 'debug', version: '1', destination: log.destination });
  events = createEvents(logger, createMetrics({ version: '1', revision: '1' }), () => new Date(now));
});
const pass = (seconds: number) => {
  now += seconds * 1000;
};
const said = (event: string) => {
  const before = log.lines.length;
  events.remind();
  return log.lines.slice(before).filter((line) => line.event === event);
};

describe('a finding that does not end, for those who read the log', () => {
  const about = message();
  const receive = (severity: 'High' | 'Low', of = about) =>
    events.messageRead(of, finding().id, { ...finding(), severity, createdAt: new Date(start) });

  it('is said once it is five minutes old, again at each reminder, and as an error from ten minutes on', () => {
    receive('High');
    pass(299);
    expect(said('finding_unfinished')).toEqual([]);
    pass(1);
    expect(said('finding_unfinished')).toMatchObject([{ level: 'warn', severity: 'High', ageSeconds: 300 }]);
    pass(300);
    expect(said('finding_unfinished')).toMatchObject([{ level: 'error', severity: 'High', ageSeconds: 600 }]);
    events.settled('delete', about);
    expect(said('finding_unfinished')).toEqual([]);
  });

  it('is said while it is backed off, and no longer once any worker may receive it', () => {
    receive('Low');
    events.handlingFailed(about, new Error('x'), 3_600);
    pass(3_599);
    expect(said('finding_unfinished')).toMatchObject([{ level: 'warn', severity: 'Low', ageSeconds: 3_599 }]);
    pass(1);
    expect(said('finding_unfinished')).toEqual([]);
  });

  it('is said no longer once it has its outcome, however often the redrive policy lets its message come', () => {
    receive('High');
    events.findingHandled(about, handled({ outcome: { name: 'refused', reason: 'sse-c' } }), 1);
    events.settled('back-off', about);
    pass(9_000);
    const again = message({ receiveCount: 2 });
    receive('High', again);
    events.findingHandledBefore(again);
    events.settled('back-off', again);
    expect(said('finding_unfinished')).toEqual([]);
  });

  it('is left out where it comes from a backfill', () => {
    receive('High', message({ origin: 'backfill' }));
    pass(9_000);
    expect(said('finding_unfinished')).toEqual([]);
  });
});

describe('an exception of the policy', () => {
  const upTo = (until: string) =>
    compilePolicy({
      ...defaultDocument,
      never: [{ name: 'case-4711', when: { bucket: ['legal'] }, reason: 'hold', until }],
    });

  it('is said in its last week, once an hour, until it has ended', () => {
    // It holds until the end of that day.
    events.policyTakenUp(upTo('2026-11-28'), 'policy.yaml');
    expect(said('policy_exception_ends')).toEqual([]);

    pass(2 * 86_400);
    expect(said('policy_exception_ends')).toMatchObject([
      { level: 'warn', exception: 'case-4711', endsInSeconds: 6 * 86_400 + 4 * 3_600 },
    ]);
    pass(3_599);
    expect(said('policy_exception_ends')).toEqual([]);
    pass(1);
    expect(said('policy_exception_ends')).toHaveLength(1);

    pass(7 * 86_400);
    expect(said('policy_exception_ends')).toEqual([]);
  });

  it('is said again at once where the clock was set back', () => {
    events.policyTakenUp(upTo('2026-11-21'), 'policy.yaml');
    expect(said('policy_exception_ends')).toHaveLength(1);
    pass(-7_200);
    expect(said('policy_exception_ends')).toHaveLength(1);
    expect(said('policy_exception_ends')).toEqual([]);
  });

  it('is forgotten with its policy', () => {
    events.policyTakenUp(upTo('2026-11-21'), 'policy.yaml');
    events.policyTakenUp(compilePolicy(defaultDocument), 'policy.yaml');
    expect(said('policy_exception_ends')).toEqual([]);
  });
});

describe('a pause', () => {
  it('is said once a minute, also where the clock was set back, since an alarm stands as long as the lines come', () => {
    const why = { by: 'unknown', problem: 'damaged' } as const;
    const lines = () => {
      const before = log.lines.length;
      events.stillPaused(why);
      return log.lines.length - before;
    };
    expect(lines()).toBe(1);
    pass(-3_600);
    expect(lines()).toBe(1);
    pass(59);
    expect(lines()).toBe(0);
    pass(1);
    expect(lines()).toBe(1);
  });
});
