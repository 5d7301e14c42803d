import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../src/core/errors.ts';
import type { Message } from '../../../src/core/message.ts';
import type { Handled } from '../../../src/core/tell/conclude.ts';
import { createEvents } from '../../../src/telemetry/events.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { storedObject } from '../../support/fake-stored-object.ts';
import { finding, message } from '../../support/findings.ts';
import { handled } from '../../support/handled.ts';
import { createLogLines } from '../../support/log-lines.ts';

function open() {
  let now = Date.parse('2026-11-20T20:00:00.000Z');
  const log = createLogLines();
  const logger = createLogger({ level: 'debug', version: '1.2.3', destination: log.destination });
  const metrics = createMetrics({ version: '1.2.3', revision: 'abc' });
  return {
    events: createEvents(logger, metrics, () => new Date(now)),
    log,
    metric: () => metrics.registry.metrics(),
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
  };
}

/** The end of a handling whose settlement did not fail. */
function end(events: ReturnType<typeof createEvents>, about: Message, ended: Handled, seconds: number) {
  events.handlingEnded(about, ended, seconds);
  events.findingHandled(about, ended, seconds);
}

describe('a handled finding', () => {
  it('is logged with ids and key, and counted without them', async () => {
    const { events, log, metric } = open();

    end(events, message(), handled(), 1.5);

    expect(log.lines).toMatchObject([
      {
        level: 'info',
        event: 'finding_handled',
        outcome: 'isolated',
        findingId: finding().id,
        bucket: 'member-data',
        key: finding().object.key,
        durationMs: 1500,
      },
    ]);
    const text = await metric();
    expect(text).toContain('isolator_isolations_total{outcome="isolated",reason=""} 1');
    expect(text).not.toMatch(/member-data|444455556666|ba3c7561/);
  });

  it('says when a sample finding last came through, and of nothing else', async () => {
    const { events, metric, pass } = open();
    const ignored = (reason: 'sample' | 'archived') =>
      events.findingHandled(message(), handled({ outcome: { name: 'ignored', reason } }), 1);

    ignored('archived');
    expect(await metric()).toContain('isolator_last_sample_finding_timestamp_seconds 0');
    ignored('sample');
    pass(60);
    ignored('archived');
    const seen = Date.parse('2026-11-20T20:00:00.000Z') / 1000;
    expect(await metric()).toContain(`isolator_last_sample_finding_timestamp_seconds ${seen}\n`);
  });

  it('counts an exhausted one under its own reason, and logs the last error', async () => {
    const { events, log, metric } = open();
    const outcome = { name: 'refused', reason: 'retries-exhausted', lastError: 'SlowDown' } as const;

    const settlement = { by: 'park', outcome: 'refused', reason: 'SlowDown' } as const;

    end(events, message(), handled({ outcome, settlement }), 1);

    expect(log.lines).toMatchObject([{ level: 'error', reason: 'SlowDown', settledBy: 'park' }]);
    expect(await metric()).toContain(
      'isolator_isolations_total{outcome="refused",reason="retries-exhausted"} 1',
    );
  });

  it.each([
    { name: 'held', reason: 'rule-limit' },
    { name: 'refused', reason: 'sse-c' },
    { name: 'isolated' },
  ] as const)(
    'counts its outcome once with its record, however often its message comes: %o',
    async (outcome) => {
      const { events, metric } = open();
      const again = handled({ outcome, recorded: false, recordedBefore: true });

      // Its event, or its settlement, failed.
      events.handlingEnded(message(), handled({ outcome }), 1);
      for (const receiveCount of [2, 3]) end(events, message({ receiveCount }), again, 1);

      const text = await metric();
      const reason = 'reason' in outcome ? outcome.reason : '';
      expect(text).toContain(`isolator_isolations_total{outcome="${outcome.name}",reason="${reason}"} 1\n`);
      expect(text).toContain(`isolator_isolation_duration_seconds_count{outcome="${outcome.name}"} 1\n`);
      const held = outcome.name === 'held' ? 1 : 0;
      expect(text).toContain(`isolator_findings_held{why="rule-limit"} ${held}\n`);
      expect(text).toContain(`isolator_findings_held_total{why="rule-limit"} ${held}\n`);
    },
  );

  it('counts its outcome at its settlement if it has no record', async () => {
    const { events, metric } = open();
    const outcome = { name: 'rejected', reason: 'not-json' } as const;

    events.handlingEnded(message(), handled({ outcome, recorded: false }), 1);
    end(events, message({ receiveCount: 2 }), handled({ outcome, recorded: false }), 1);

    expect(await metric()).toContain('isolator_isolations_total{outcome="rejected",reason="not-json"} 1\n');
  });

  it.each([
    [undefined, 1],
    ['backfill', 0],
    ['replay', 0],
  ])('with origin %s counts %i times into the service level', async (origin, count) => {
    const { events, metric } = open();
    const about = message(origin === undefined ? {} : { origin });

    end(events, about, handled(), 1);

    const counted = /isolator_finding_to_isolation_seconds_count\{severity="High"\} (\d+)/.exec(
      await metric(),
    );
    expect(Number(counted?.[1] ?? 0)).toBe(count);
  });
});

describe('a message that comes again while it is in work', () => {
  it('keeps its finding in what is logged of it', () => {
    const { events, log } = open();
    const [first, second] = [message(), message({ receiveCount: 2 })];
    events.messageReceived(first);
    events.messageRead(first, 'f1');
    events.messageReceived(second, first);

    events.handlingFailed(second, new RetryableError('SlowDown', 'later'), 5);

    expect(log.lines.at(-1)).toMatchObject({ event: 'handling_failed', findingId: 'f1', attempt: 2 });
  });
});

describe('the objective', () => {
  it.each([
    [{ name: 'retained', reason: 'locked' }, 1],
    [{ name: 'refused', reason: 'sse-c' }, 1],
    [{ name: 'refused', reason: 'no-such-bucket' }, 0],
    [{ name: 'changed' }, 0],
    [{ name: 'rejected', reason: 'no-identity' }, 0],
  ] as const)('is missed by %o: %i times', async (outcome, count) => {
    const { events, metric } = open();

    events.handlingEnded(message(), handled({ outcome }), 1);
    events.handlingEnded(message({ origin: 'backfill' }), handled({ outcome }), 1);
    events.handlingEnded(message({ origin: 'replay' }), handled({ outcome }), 1);
    // It could not be parked, and came again.
    events.handlingEnded(message({ receiveCount: 2 }), handled({ outcome, recorded: false }), 1);

    expect(await metric()).toContain(`isolator_findings_not_isolated_total{severity="High"} ${count}\n`);
  });

  it('counts from the creation of the finding, exposure from the last change of the object', async () => {
    const { events, log, metric } = open();
    const removedAt = new Date('2026-11-20T20:46:53.031Z');
    const source = storedObject('x', { sizeBytes: 31, lastModified: new Date('2026-11-20T18:46:53.031Z') });

    end(events, message(), handled({ isolation: { outcome: { name: 'isolated' }, removedAt, source } }), 1);

    expect(log.lines).toMatchObject([
      { findingToIsolationSeconds: 3_600, objectExposureSeconds: 7_200, sizeBytes: 31 },
    ]);
    const text = await metric();
    expect(text).toContain('isolator_finding_to_isolation_seconds_sum{severity="High"} 3600\n');
    expect(text).toContain('isolator_object_exposure_seconds_sum{severity="High"} 7200\n');
    expect(text).toContain('isolator_isolated_bytes_total 31\n');
  });
});

describe('lines about a message', () => {
  it('name its finding once its body was read', () => {
    const { events, log } = open();
    const about = message({ receiveCount: 3 });
    const fault = new RetryableError('SlowDown', 'x');
    events.messageRead(about, finding().id);

    events.handlingFailed(about, fault, 5);
    events.settled('back-off', about);
    events.settlingFailed('delete', about, fault);
    events.visibilityExtended('lost', about);

    const ids = { findingId: finding().id, messageId: about.id, attempt: 3 };
    expect(log.lines).toMatchObject([ids, ids, ids, ids]);
  });

  it('have no finding id if the body could not be read', () => {
    const { events, log } = open();
    events.messageRead(message(), finding().id);

    events.handlingFailed(message(), new RetryableError('SlowDown', 'x'), 5);

    expect(log.lines[0]).not.toHaveProperty('findingId');
  });
});

describe('a failure that repeats', () => {
  it('is counted each time and logged once a minute', async () => {
    const { events, log, metric, pass } = open();
    const fail = () => events.pollFailed(new RetryableError('ECONNREFUSED', 'away'));

    for (let time = 0; time < 10; time += 1) fail();
    expect(log.lines).toHaveLength(1);
    pass(61);
    fail();

    expect(log.lines).toHaveLength(2);
    expect(await metric()).toContain('isolator_queue_poll_errors_total 11');
  });

  it('is told apart by its code', () => {
    const { events, log } = open();

    events.isolationBucketUnusable(new RetryableError('NotFound', 'x'));
    events.isolationBucketUnusable(new RetryableError('AccessDenied', 'x'));
    events.isolationBucketUnusable(new RetryableError('NotFound', 'x'));

    expect(log.lines.map(({ code }) => code)).toEqual(['NotFound', 'AccessDenied']);
  });

  it('shows a halt in the gauge as long as the halt lasts', async () => {
    const { events, log, metric } = open();

    events.haltBegan('AccessDenied', 'isolation-side');
    expect(await metric()).toContain('isolator_isolation_refused 1');
    events.haltEnded();

    expect(await metric()).toContain('isolator_isolation_refused 0');
    expect(log.lines.map(({ event }) => event)).toEqual(['isolation_refused', 'isolation_allowed']);
  });

  it('says when the queue answers again', () => {
    const { events, log } = open();
    events.polled();
    expect(log.lines).toEqual([]);

    events.pollFailed(new RetryableError('ECONNREFUSED', 'away'));
    events.polled();

    expect(log.lines.map(({ event }) => event)).toEqual(['poll_failed', 'poll_recovered']);
  });
});

describe('the level of a line', () => {
  it.each([
    ['an isolated object', {}, 'info'],
    ['a rejected message', { outcome: { name: 'rejected', reason: 'not-json' } }, 'warn'],
    ['an object that can still be read', { outcome: { name: 'retained', reason: 'locked' } }, 'error'],
    ['an object that may still be read', { outcome: { name: 'refused', reason: 'sse-c' } }, 'error'],
    ['an object that nobody can read', { outcome: { name: 'refused', reason: 'no-such-bucket' } }, 'warn'],
    ['a finding of which nobody was told', { alert: 'failed' }, 'error'],
  ] as const)('says what a person must do about %s', (_, overrides, level) => {
    const { events, log } = open();
    const isParked = 'outcome' in overrides;
    const settlement = isParked
      ? ({ by: 'park', outcome: overrides.outcome.name, reason: 'x' } as const)
      : ({ by: 'delete' } as const);

    events.findingHandled(message(), handled({ ...overrides, settlement }), 1);

    expect(log.lines).toMatchObject([{ event: 'finding_handled', level }]);
  });

  it('of a poll that heals in a second is no error, and becomes one after a minute', () => {
    const { events, log, pass } = open();
    const fail = () => events.pollFailed(new RetryableError('ECONNREFUSED', 'away'));
    fail();
    pass(1);
    events.polled();
    pass(600);
    fail();
    for (let time = 0; time < 30; time += 1) {
      pass(2);
      fail();
    }

    expect(log.lines).toMatchObject([
      { event: 'poll_failed', level: 'warn' },
      { event: 'poll_recovered', level: 'info' },
      { event: 'poll_failed', level: 'warn' },
      { event: 'poll_failed', level: 'error', repeated: 29 },
    ]);
  });
});

describe('the story of a finding', () => {
  const object = finding().object;
  const known = { findingId: finding().id, severity: 'High', bucket: object.bucket, key: object.key };

  it('can be read by its id: each line says which object, which step failed, and whether it is out of reach', () => {
    const { events, log } = open();
    const first = message();
    const fault = new RetryableError('AccessDenied', 'no');
    events.messageRead(first, finding().id, finding());
    events.stepFailed('copy', fault);
    events.handlingFailed(first, fault, 5);
    events.settled('back-off', first);
    const second = message({ receiveCount: 2 });
    events.messageRead(second, finding().id, finding());
    events.visibilityExtended('failed', second);
    const untold = new RetryableError('AlertFailed', 'no');
    events.outcomeReached(second, { name: 'isolated' });
    events.stepFailed('alert', untold);
    events.handlingFailed(second, untold, 10);
    events.settlingFailed('back-off', second, fault);

    expect(log.lines).toMatchObject([
      { ...known, event: 'handling_failed', attempt: 1, step: 'copy', isolated: 'no' },
      { ...known, event: 'message_settled', attempt: 1, isolated: 'no' },
      { ...known, event: 'visibility_not_extended', attempt: 2, isolated: 'unknown' },
      { ...known, event: 'handling_failed', attempt: 2, step: 'alert', isolated: 'yes' },
      { ...known, event: 'settling_failed', attempt: 2, isolated: 'yes' },
    ]);
  });

  it('names the innermost of the steps that failed', () => {
    const { events, log } = open();
    const fault = new RetryableError('AccessDenied', 'no');
    events.stepFailed('verify', fault);
    events.stepFailed('copy', fault);
    events.handlingFailed(message(), fault, 5);

    expect(log.lines).toMatchObject([{ step: 'verify' }]);
  });

  it('names no object where the body could not be read', () => {
    const { events, log } = open();
    events.handlingFailed(message(), new RetryableError('X', 'x'), 5);

    expect(log.lines[0]).not.toHaveProperty('bucket');
  });
});

describe('a failed call', () => {
  it("has AWS's id of the request, and the number of lines that were held back", () => {
    const { events, log, pass } = open();
    const fail = () =>
      events.awsRequestFailed({
        service: 's3',
        operation: 'CopyObject',
        code: 'AccessDenied',
        requestId: 'R1',
      });
    for (let time = 0; time < 40; time += 1) fail();
    pass(61);
    fail();

    expect(log.lines).toMatchObject([
      { event: 'aws_request_failed', requestId: 'R1', repeated: 0 },
      { event: 'aws_request_failed', requestId: 'R1', repeated: 39 },
    ]);
  });
});

describe('a queue that cannot be asked', () => {
  const depth = { visible: 15, in_flight: 2, delayed: 0 };

  it('has no number of messages until it answers again, and says since when', async () => {
    const { events, log, metric, pass } = open();
    const asked = Date.parse('2026-11-20T20:00:00.000Z') / 1000;
    const sampled = (at: number) => `isolator_queue_sampled_timestamp_seconds{queue="findings"} ${at}\n`;
    events.queueSampled('findings', depth);
    expect(await metric()).toContain('isolator_queue_messages{queue="findings",state="visible"} 15\n');

    pass(60);
    events.queueSampled('findings', new RetryableError('TimeoutError', 'away'));
    const unknown = await metric();
    expect(unknown).not.toContain('isolator_queue_messages{');
    expect(unknown).toContain(sampled(asked));
    expect(log.lines).toMatchObject([
      { event: 'queue_not_sampled', queue: 'findings', code: 'TimeoutError' },
    ]);

    pass(60);
    events.queueSampled('findings', { ...depth, visible: 0 });
    expect(await metric()).toContain(sampled(asked + 120));
    expect(await metric()).toContain('isolator_queue_messages{queue="findings",state="visible"} 0\n');
  });

  it('is known to be unknown also where it never answered', async () => {
    const { events, metric, pass } = open();
    events.queueSampled('dead-letter', new RetryableError('AccessDenied', 'no'));
    pass(600);
    events.queueSampled('dead-letter', new RetryableError('AccessDenied', 'no'));

    const since = Date.parse('2026-11-20T20:00:00.000Z') / 1000;
    expect(await metric()).toContain(
      `isolator_queue_sampled_timestamp_seconds{queue="dead-letter"} ${since}\n`,
    );
  });
});

describe('a finding that does not end', () => {
  const createdAt = new Date('2026-11-20T19:58:00.000Z');
  const oldest = `isolator_oldest_unfinished_finding_timestamp_seconds{severity="High"} ${createdAt.getTime() / 1000}\n`;
  const misses = (count: number) => `isolator_findings_not_isolated_total{severity="High"} ${count}\n`;

  it('shows by its age from its receive to its end, and misses the objective once', async () => {
    const { events, metric, pass } = open();
    const about = message({ receiveCount: 6 });
    events.messageRead(about, finding().id, finding({ createdAt }));
    events.isolationBegins(about);
    events.handlingFailed(about, new RetryableError('SlowDown', 'later'), 3_600);
    events.settled('back-off', about);
    expect(await metric()).toContain(oldest);
    expect(await metric()).toContain('isolator_findings_retried 1\n');
    expect(await metric()).toContain(misses(0));

    pass(180);
    expect(await metric()).toContain(misses(1));
    expect(await metric()).toContain(misses(1));

    events.messageRead(about, finding().id, finding({ createdAt }));
    events.isolationBegins(about);
    events.settled('delete', about);
    const ended = await metric();
    expect(ended).not.toContain('isolator_oldest_unfinished_finding_timestamp_seconds{');
    expect(ended).toContain('isolator_findings_retried 0\n');
    expect(ended).toContain(misses(1));
  });

  it.each(['park', 'hand-back', 'lost'] as const)(
    'is no longer shown once its message left by %s',
    async (how) => {
      const { events, metric } = open();
      events.messageRead(message(), finding().id, finding({ createdAt }));
      events.settled(how, message());

      expect(await metric()).not.toContain('isolator_oldest_unfinished_finding_timestamp_seconds{');
    },
  );
});

describe('an alert', () => {
  it('counts once, however often its message comes again, and every try that failed', async () => {
    const { events, metric } = open();
    const about = { message: message(), outcome: { name: 'isolated' } } as const;
    const again = { ...about, message: message({ receiveCount: 2 }) };
    events.alertDone('try-failed');
    events.alertDone('try-failed');
    for (const result of ['sent', 'folded', 'none'] as const) {
      events.alertDone(result, about);
      events.alertDone(result, again);
    }
    events.alertDone('sent', { ...about, message: message({ id: 'm2' }) });
    events.alertDone('sent', { ...about, outcome: { name: 'changed' } });
    // An alert to operators.
    events.alertDone('sent');

    const text = await metric();
    expect(text).toContain('isolator_alerts_total{result="try-failed"} 2\n');
    expect(text).toContain('isolator_alerts_total{result="sent"} 4\n');
    expect(text).toContain('isolator_alerts_total{result="folded"} 1\n');
    expect(text).toContain('isolator_alerts_total{result="none"} 1\n');
  });
});

describe('a digest that was given up', () => {
  it('counts each of its findings, and names all of them', async () => {
    const { events, log, metric } = open();
    const ids = Array.from({ length: 101 }, (_, index) => `f${index}`);
    events.digestGivenUp(ids);

    expect(await metric()).toContain('isolator_alerts_total{result="failed"} 101\n');
    expect(log.lines).toMatchObject([
      { level: 'error', event: 'digest_given_up', findingIds: ids.slice(0, 100) },
      { event: 'digest_given_up', findingIds: ['f100'] },
    ]);
  });
});

describe('a finding that was late at another worker', () => {
  const createdAt = new Date('2026-11-20T19:50:00.000Z');
  const kept = { name: 'refused', reason: 'sse-c' } as const;
  const isolated = { name: 'isolated' } as const;

  it.each([
    [1, isolated, { recorded: true }],
    [1, kept, { recorded: true }],
    [1, kept, { recorded: false }],
    [0, kept, { recorded: false, recordedBefore: true }],
    [0, { name: 'already_isolated' }, { recorded: true }],
  ] as const)(
    'misses the objective %i times where it ends here as %o, %o',
    async (count, outcome, record) => {
      const { events, metric } = open();
      const about = message({ receiveCount: 2 });
      events.messageRead(about, finding().id, finding({ createdAt }));
      events.isolationBegins(about);
      const ended = { ...handled({ outcome, ...record }), finding: finding({ createdAt }) };
      end(events, about, ended, 1);
      events.settled('delete', about);

      expect(await metric()).toContain(`isolator_findings_not_isolated_total{severity="High"} ${count}\n`);
    },
  );
});

describe('a finding whose event was not sent', () => {
  it('is no miss: the object was isolated in time, although its message comes again', async () => {
    const { events, metric, pass } = open();
    const about = message();
    const created = new Date('2026-11-20T19:59:50.000Z');
    events.messageRead(about, 'id', finding({ createdAt: created }));
    events.isolationBegins(about);
    events.findingHandled(about, handled(), 1);
    events.handlingFailed(about, new RetryableError('OutcomeEventFailed', 'later'), 1_000);
    pass(600);

    const text = await metric();
    expect(text).toContain('isolator_findings_not_isolated_total{severity="High"} 0\n');
    expect(text).toContain('isolator_findings_retried 0\n');
    expect(text).not.toContain('isolator_oldest_unfinished_finding_timestamp_seconds{');
  });
});

describe('the codes of AWS errors', () => {
  it('are bounded in number and form, for a server chooses them', async () => {
    const { events, metric } = open();
    const fail = (code: string) => events.awsRequestFailed({ service: 's3', operation: 'GetObject', code });

    for (let index = 0; index < 500; index += 1)
      fail(`Code${String.fromCodePoint(65 + (index % 26))}${index}`);
    fail('with spaces and "quotes"');

    const ofCall = 'isolator_aws_request_errors_total{service="s3",operation="GetObject"';
    const own = (await metric()).split('\n').filter((line) => line.startsWith(ofCall));
    expect(own).toEqual([
      `${ofCall},code="AccessDenied"} 0`,
      `${ofCall},code="SlowDown"} 0`,
      `${ofCall},code="other"} 501`,
    ]);
  });

  it('are there at 0 before the first failure, so that a burst between two scrapes shows', async () => {
    const { events, metric } = open();
    const series = (count: number) =>
      `isolator_aws_request_errors_total{service="s3",operation="CopyObject",code="AccessDenied"} ${count}\n`;
    expect(await metric()).toContain(series(0));

    for (let index = 0; index < 40; index += 1) {
      events.awsRequestFailed({ service: 's3', operation: 'CopyObject', code: 'AccessDenied' });
    }

    expect(await metric()).toContain(series(40));
  });

  it('of any number fill neither memory nor log: those beyond the bound are logged as one', () => {
    const { events, log } = open();
    for (let index = 0; index < 500; index += 1) {
      events.awsRequestFailed({ service: 's3', operation: 'GetObject', code: `Code${index}` });
    }

    expect(log.lines).toHaveLength(51);
  });

  it('do not overwrite the name of the service in the log', () => {
    const { events, log } = open();

    events.awsRequestFailed({ service: 's3', operation: 'GetObject', code: 'SlowDown' });

    expect(log.lines).toMatchObject([{ service: 'macie-isolator', awsService: 's3' }]);
  });
});

describe('a fence', () => {
  const outcome = { name: 'retained', reason: 'locked' } as const;
  const settlement = { by: 'park', outcome: 'retained', reason: 'locked' } as const;
  const at = new Date(finding().createdAt.getTime() + 30_000);
  const kept = (fence: 'fenced' | 'tagged', recorded = true) =>
    handled({
      outcome,
      settlement,
      recorded,
      ...(!recorded && { recordedBefore: true }),
      isolation: { outcome, fence: { fence, at, unfencedVersions: [] } },
    });

  it('is counted when it is put or refused, and not when it is found in place', async () => {
    const { events, log, metric } = open();

    events.fenceDone(finding(), 'fenced', true);
    events.fenceDone(finding(), 'fenced', false);
    events.fenceDone(finding(), 'no-room', false);
    events.fenceHitOther(finding(), { versionId: 'null', tagsBefore: [['team', 'hr']] });
    events.fenceMayBeLeft(finding());

    expect(log.lines).toMatchObject([
      { level: 'info', event: 'fence_tried', fence: 'fenced', key: finding().object.key },
      { level: 'warn', event: 'fence_tried', fence: 'no-room' },
      { level: 'warn', event: 'fence_hit_other', tags: '{"team":"hr"}' },
      { level: 'warn', event: 'fence_may_be_left', findingId: finding().id, key: finding().object.key },
    ]);
    const text = await metric();
    expect(text).toContain('isolator_fences_total{result="fenced"} 1');
    expect(text).toContain('isolator_fences_total{result="no-room"} 1');
    expect(text).toContain('isolator_fences_total{result="hit-other"} 1');
  });

  it('that is proved contains what stays: in series of its own, once, and no miss of the objective', async () => {
    const { events, log, metric } = open();

    for (const recorded of [true, false]) {
      events.handlingEnded(message(), kept('fenced', recorded), 1);
      events.findingHandled(message(), kept('fenced', recorded), 1);
    }

    expect(log.lines[0]).toMatchObject({ level: 'warn', fence: 'fenced', contained: true });
    const text = await metric();
    expect(text).toContain('isolator_contained_total{outcome="retained",reason="locked"} 1');
    expect(text).toContain('isolator_finding_to_fence_seconds_sum{severity="High"} 30');
    expect(text).toContain('isolator_finding_to_fence_seconds_count{severity="High"} 1');
    expect(text).toContain('isolator_findings_not_isolated_total{severity="High"} 0');
  });

  it('that nobody proved contains nothing', async () => {
    const { events, log, metric } = open();

    events.handlingEnded(message(), kept('tagged'), 1);
    events.findingHandled(message(), kept('tagged'), 1);

    expect(log.lines[0]).toMatchObject({ level: 'error', fence: 'tagged' });
    expect(log.lines[0]).not.toHaveProperty('contained');
    const text = await metric();
    expect(text).toContain('isolator_contained_total{outcome="retained",reason="locked"} 0');
    expect(text).toContain('isolator_finding_to_fence_seconds_count{severity="High"} 0');
    expect(text).toContain('isolator_findings_not_isolated_total{severity="High"} 1');
  });
});
