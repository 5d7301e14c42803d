import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../src/core/errors.ts';
import { compilePolicy, defaultPolicy } from '../../../src/core/policy/policy.ts';
import { awsOperations } from '../../../src/telemetry/aws-operations.ts';
import { createEvents } from '../../../src/telemetry/events.ts';
import { logEvents } from '../../../src/telemetry/log-events.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { cannotStartLines, uncaughtErrorLine } from '../../../src/telemetry/start-problems.ts';
import { everyOutcome } from '../../support/every-outcome.ts';
import { storedObject } from '../../support/fake-stored-object.ts';
import { finding, message } from '../../support/findings.ts';
import { createLogLines } from '../../support/log-lines.ts';

const standard = new Set(['time', 'level', 'service', 'version', 'worker', 'event', 'msg']);

/** One line, or more, of everything that events.ts can log. */
function logEverything() {
  const log = createLogLines();
  const logger = createLogger({ level: 'debug', version: '1', destination: log.destination });
  let now = Date.parse('2026-11-20T20:00:00.000Z');
  const events = createEvents(logger, createMetrics({ version: '1', revision: '1' }), () => new Date(now));
  const about = message({ origin: 'backfill' });
  const fault = new RetryableError('SlowDown', 'x');

  events.started({ concurrency: 1, mode: 'enforce', isolationBucket: 'isolation', workersExpected: 1 });
  events.listening({ host: '127.0.0.1', port: 8080 });
  events.readinessChanged(false, ['queue']);
  events.readinessChanged(true, []);
  events.messageReceived(about);
  events.messageRead(about, finding().id, finding());
  events.isolationBegins(about);
  const inTime = message();
  events.messageRead(inTime, finding().id, { ...finding(), createdAt: new Date(now - 400_000) });
  events.remind();
  events.messageRead(inTime, finding().id, { ...finding(), createdAt: new Date(now - 700_000) });
  events.remind();
  events.settled('hand-back', inTime);
  events.outcomeReached(about, { name: 'isolated' });
  events.stepFailed('copy', fault);
  events.inFlightChanged(1);
  for (const outcome of everyOutcome) {
    const isolation = {
      outcome,
      fence: { fence: 'tagged' as const, at: new Date(0), unfencedVersions: [] },
      source: storedObject('x'),
      copy: {
        key: 'objects/x',
        madeNow: true,
        tagsCopied: true,
        provenance: {
          findingId: finding().id,
          sourceETag: 'x',
          sizeBytes: 1,
          checksum: { algorithm: 'CRC32', value: 'x', type: 'FULL_OBJECT' as const },
          isolatedAt: '2026-11-20T20:00:00.000Z',
          serviceVersion: '1',
        },
      },
    };
    const settlement = { by: 'park', outcome: outcome.name, reason: 'x' } as const;
    const decision = {
      action: 'isolate',
      rule: 'x',
      policy: '0123456789abcdef',
      exception: { name: 'case', reason: 'hold' },
    } as const;
    const handled = { outcome, settlement, finding: finding(), decision, isolation, alert: 'sent' } as const;
    events.handlingEnded(about, { ...handled, recorded: true }, 1);
    events.findingHandled(about, { ...handled, recorded: true }, 1);
    const fence = { ...isolation.fence, fence: 'fenced' as const };
    events.findingHandled(about, { ...handled, isolation: { ...isolation, fence }, recorded: false }, 1);
    events.findingHandled(about, { ...handled, settlement: { by: 'delete' }, recorded: false }, 1);
  }
  events.logResumed(1);
  events.findingHandledBefore(about);
  events.confirmationIsOff();
  events.handlingFailed(about, fault, 5);
  events.stepDone('copy', 1);
  events.confirmationDone(about, { result: 'confirmed' });
  events.confirmationDone(about, { result: 'differs', unconfirmed: { why: 'differs', fields: ['key'] } });
  events.alertDone('sent');
  events.digestSent(2);
  events.digestGivenUp(['f1', 'f2']);
  events.outcomeEventDone('sent');
  events.fenceDone(finding(), 'fenced', true);
  events.fenceDone(finding(), 'open', false);
  events.fenceHitOther(finding(), { versionId: 'null', tagsBefore: [['team', 'x']] });
  events.fenceMayBeLeft(finding());
  events.settled('delete', about);
  events.settled('lost', about);
  events.settlingFailed('delete', about, fault);
  events.visibilityExtended('extended', about);
  events.visibilityExtended('lost', about);
  events.pollFailed(fault);
  now += 61_000;
  events.pollFailed(fault);
  events.polled();
  events.isolationBucketUnusable(fault);
  events.haltBegan('AccessDenied', 'macie');
  events.probeFailed(fault);
  events.copiesOfSourceRefused('AccessDenied', { accountId: '444455556666', bucket: 'sick', key: 'a.csv' });
  events.haltEnded();
  const count = { hour: '2026-11-27T22', budget: 1, leased: 1, countFrom: new Date(0), alerted: false };
  const pause = { paused: true, by: 'Ada', reason: 'wrong rule', since: new Date(0) };
  events.paused({ by: 'person', pause });
  events.paused({ by: 'budget', count: { ...count, spentSince: new Date(0) } });
  events.stillPaused({ by: 'unknown', problem: 'damaged' });
  events.valveRead({ remaining: 1, budget: 100, spent: undefined });
  events.valveRead({ remaining: undefined, budget: undefined, spent: undefined });
  events.valveAnswered();
  events.valveUnreadable(fault);
  events.resumed();
  const never = [{ name: 'case', when: {}, reason: 'hold', until: '2026-11-21' }];
  events.policyTakenUp(compilePolicy({ ...defaultPolicy.document, never }, 'v1'), 'built-in');
  now += 3_600_000;
  events.remind();
  events.policyRejected('line 1');
  events.policyUnreadable('policy.yaml cannot be read (ENOENT)');
  events.policyReadableAgain();
  events.taskProtectionChanged(true);
  events.taskProtectionChanged(false);
  events.taskProtectionFailed(fault);
  events.concurrencyChanged(7);
  events.placeSlowed('111122223333', 'lake', 1);
  events.placeRecovered('111122223333', 'lake', 0);
  events.queueSampled('findings', { visible: 0, in_flight: 0, delayed: 0 });
  events.queueSampled('findings', fault);
  events.awsRequestDone({ service: 's3', operation: 'PutObject', seconds: 1, retries: 0 });
  events.awsRequestFailed({ service: 's3', operation: 'PutObject', code: 'SlowDown', requestId: 'R1' });
  events.shuttingDown('SIGTERM');
  events.stopped();
  for (const line of [cannotStartLines(['x'], '1'), uncaughtErrorLine(fault, '1')])
    log.destination.write(line);
  return { lines: log.lines, called: callsOf(events) };
}

/** Every function that events.ts has, so that a new one has to be called above. */
const callsOf = (events: object) => Object.keys(events);

describe('the log', () => {
  const { lines, called } = logEverything();

  it.each(Object.entries(logEvents))(
    '%s has the documented levels and fields, all of them and no other',
    (name, event) => {
      const own = lines.filter((line) => line.event === name);
      const fields = new Set(
        own.flatMap((line) => Object.keys(line)).filter((field) => !standard.has(field)),
      );

      expect(fields).toEqual(new Set(Object.keys(event.fields)));
      expect(new Set(own.map(({ level }) => level))).toEqual(new Set<unknown>(event.levels));
    },
  );

  it('documents every step that a handling can fail in, and every service that is called', () => {
    const { fields } = logEvents.handling_failed;
    for (const step of ['confirm', 'fence', 'event']) expect(fields.step).toContain(`\`${step}\``);
    for (const service of Object.keys(awsOperations))
      expect(logEvents.aws_request_failed.fields.awsService).toContain(`\`${service}\``);
  });

  it('has no event that is not documented', () => {
    expect(lines.map(({ event }) => event).filter((event) => !Object.hasOwn(logEvents, event ?? ''))).toEqual(
      [],
    );
  });

  it('is exercised here whole', () => {
    const own = readFileSync(import.meta.filename, 'utf8');

    expect(called.filter((name) => !own.includes(`events.${name}(`))).toEqual([]);
  });

  it('names finding, message and attempt on every line about a finding', () => {
    const aboutFinding = lines.filter(
      ({ messageId, event }) => messageId !== undefined && event !== 'message_received',
    );

    expect(aboutFinding.length).toBeGreaterThan(5);
    for (const line of aboutFinding) {
      expect(line).toMatchObject({ findingId: finding().id, messageId: message().id, attempt: 1 });
    }
  });
});
