import type { Logger } from 'pino';
import { errorCode } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import type { Message } from '../core/message.ts';
import { objectiveOf, reasonText } from '../core/outcome.ts';
import type { AlertResult, Step } from '../core/ports.ts';
import type { Handled } from '../core/tell/conclude.ts';
import { errorCodesOf } from './aws-operations.ts';
import { isolatedNow, originOutsideObjective } from './exposure.ts';
import type { FieldsOf, LevelOf, LogEventName } from './log-events.ts';
import type { Metrics } from './metrics.ts';
import { createUnfinished } from './unfinished.ts';
import { createValveEvents } from './valve-events.ts';

/** A repeated failure is logged once in this time at most. The metric counts every failure. */
const repeatedLogMs = 60_000;
/** Of lines about failures: what they are called is up to a server. */
const maximumFailures = 50;

/** An AWS request that was answered or has failed, after its retries. */
export interface AwsRequest {
  readonly service: string;
  readonly operation: string;
  readonly seconds: number;
  readonly retries: number;
}

export type Events = ReturnType<typeof createEvents>;

/**
 * Has one function for each event, which writes the log line and updates the metrics. Nothing is logged or
 * counted elsewhere. Log lines hold ids and keys; labels never do.
 */
export function createEvents(logger: Logger, metrics: Metrics, now: () => Date = () => new Date()) {
  const lastLogged = new Map<string, number>();
  const seconds = () => now().getTime() / 1000;
  const isDue = (what: string): boolean => {
    const at = now().getTime();
    if (at - (lastLogged.get(what) ?? Number.NEGATIVE_INFINITY) < repeatedLogMs) return false;
    lastLogged.set(what, at);
    return true;
  };
  let pollFailing = false;
  const failures = new Set<string>();
  /** The finding of a message is known once the body was read. Log lines about later failures need it. */
  const findingIds = new WeakMap<Message, string>();
  const sampled = new Set<string>();
  const unfinished = createUnfinished((severity) => metrics.findingsNotIsolated.inc({ severity }), now);
  metrics.onScrape(() => {
    const { oldest, retried } = unfinished.count();
    metrics.oldestUnfinished.reset();
    for (const [severity, at] of oldest) metrics.oldestUnfinished.set({ severity }, at);
    metrics.findingsRetried.set(retried);
  });

  /** The only access to the logger, so that only events of the catalogue are logged. */
  const log = <Name extends LogEventName>(
    level: LevelOf<Name>,
    event: Name,
    fields: FieldsOf<Name>,
    text: string,
  ): void => {
    const line: object = { event, ...fields };
    logger[level](line, text);
  };
  const about = (message: Message) => ({
    findingId: findingIds.get(message),
    messageId: message.id,
    attempt: message.receiveCount,
  });

  /** The server chooses the code, so neither its form nor the number of different codes is trusted. */
  const boundedCode = (operation: string, code: string): string => {
    if (!/^[A-Za-z][A-Za-z0-9.]{0,63}$/.test(code)) return 'other';
    const failure = `${operation} ${code}`;
    if (failures.size < maximumFailures) failures.add(failure);
    return failures.has(failure) ? code : 'other';
  };

  return {
    ...createValveEvents(log, metrics, now, isDue),
    started(settings: {
      readonly concurrency: number;
      readonly mode: string;
      readonly isolationBucket: string;
      readonly workersExpected: number;
    }) {
      metrics.concurrencyLimit.set(settings.concurrency);
      metrics.workersExpected.set(settings.workersExpected);
      log('info', 'started', { ...settings, nodeVersion: process.version }, 'started');
    },
    concurrencyChanged(limit: number) {
      metrics.concurrencyLimit.set(limit);
    },
    listening(at: { readonly host: string; readonly port: number }) {
      log('info', 'listening', at, 'listening');
    },
    readinessChanged(ready: boolean, failing: readonly string[]) {
      log(ready ? 'info' : 'warn', 'readiness_changed', { ready, failing }, ready ? 'ready' : 'not ready');
    },
    shuttingDown(cause: string) {
      metrics.shuttingDown.set(1);
      log('info', 'shutting_down', { cause }, 'shutting down');
    },
    logResumed(count: number) {
      log('warn', 'log_lines_dropped', { count }, 'log lines were dropped');
    },
    stopped() {
      log('info', 'stopped', {}, 'stopped');
    },

    messageReceived(message: Message, earlier?: Message) {
      const findingId = earlier && findingIds.get(earlier);
      if (findingId !== undefined) findingIds.set(message, findingId);
      metrics.messagesReceived.inc();
      metrics.receives.observe(message.receiveCount);
      metrics.receiveCount.observe(message.receiveCount);
      if (message.receiveCount === 1) {
        metrics.queueWait.observe(Math.max(0, (now().getTime() - message.sentAt.getTime()) / 1000));
      }
      log('debug', 'message_received', { messageId: message.id, attempt: message.receiveCount }, 'received');
    },
    messageRead(message: Message, findingId: string, finding?: Finding) {
      findingIds.set(message, findingId);
      if (finding) unfinished.read(message, finding);
    },
    isolationBegins(message: Message) {
      unfinished.isolationBegins(message);
    },
    inFlightChanged(count: number) {
      metrics.messagesInFlight.set(count);
    },
    /**
     * Called at the end of a handling, whether or not the message can be parked afterwards. A miss counts
     * once, with its record.
     */
    findingConcluded(message: Message, { outcome, finding, recorded }: Handled) {
      if (objectiveOf(outcome) !== 'missed' || !recorded) return;
      unfinished.kept(message, finding?.severity ?? 'None');
    },
    /**
     * Called for a parked message once it is in the dead-letter queue, because a message that cannot be
     * parked is delivered again.
     */
    findingHandled(message: Message, handled: Handled, durationSeconds: number) {
      const { outcome, settlement, finding, isolation } = handled;
      metrics.isolations.inc({ outcome: outcome.name, reason: 'reason' in outcome ? outcome.reason : '' });
      metrics.isolationDuration.observe({ outcome: outcome.name }, durationSeconds);
      metrics.lastProcessed.set(seconds());
      if ('reason' in outcome && outcome.reason === 'sample') metrics.lastSampleFinding.set(seconds());
      const isolated = isolatedNow(handled, now());
      const severity = finding?.severity ?? 'None';
      const origin = originOutsideObjective(message);
      if (isolated) {
        if (!origin) metrics.findingToIsolation.observe({ severity }, isolated.findingToIsolationSeconds);
        if (isolated.objectExposureSeconds !== undefined) {
          metrics.objectExposure.observe({ severity }, isolated.objectExposureSeconds);
        }
        metrics.isolatedBytes.inc(isolated.sizeBytes);
      }
      const fields = {
        ...about(message),
        findingId: finding?.id,
        outcome: outcome.name,
        reason: reasonText(outcome),
        settledBy: settlement.by,
        severity: finding?.severity,
        accountId: finding?.object?.accountId,
        bucket: finding?.object?.bucket,
        key: finding?.object?.key,
        isolationKey: isolation?.copy?.key,
        sizeBytes: isolated?.sizeBytes,
        rule: handled.decision?.rule,
        alert: handled.alert,
        recorded: handled.recorded,
        origin,
        findingToIsolationSeconds: isolated?.findingToIsolationSeconds,
        objectExposureSeconds: isolated?.objectExposureSeconds,
        durationMs: Math.round(durationSeconds * 1000),
      };
      log(settlement.by === 'park' ? 'warn' : 'info', 'finding_handled', fields, outcome.name);
    },
    handlingFailed(message: Message, error: unknown, retryInSeconds: number) {
      unfinished.backedOff(message, retryInSeconds);
      const fields = { ...about(message), code: errorCode(error), retryInSeconds, err: error };
      log('warn', 'handling_failed', fields, 'will be tried again');
    },
    stepDone(step: Step, durationSeconds: number) {
      metrics.stepDuration.observe({ step }, durationSeconds);
    },
    alertDone(result: AlertResult | 'try-failed') {
      metrics.alerts.inc({ result });
    },
    settled(how: 'delete' | 'park' | 'back-off' | 'hand-back' | 'lost', message: Message) {
      metrics.messagesSettled.inc({ how });
      if (how !== 'back-off') unfinished.left(message);
      const text = how === 'lost' ? 'the receipt handle is lost; the message may come again' : how;
      log(how === 'lost' ? 'warn' : 'debug', 'message_settled', { ...about(message), how }, text);
    },
    settlingFailed(how: string, message: Message, error: unknown) {
      if (how !== 'back-off') unfinished.left(message);
      log('warn', 'settling_failed', { ...about(message), how, err: error }, 'the message will come again');
    },

    polled() {
      metrics.lastPoll.set(seconds());
      if (pollFailing) log('info', 'poll_recovered', {}, 'the queue answers again');
      pollFailing = false;
    },
    pollFailed(error: unknown) {
      pollFailing = true;
      metrics.queuePollErrors.inc();
      if (isDue(`poll ${boundedCode('poll', errorCode(error))}`)) {
        log('error', 'poll_failed', { code: errorCode(error), err: error }, 'the queue cannot be polled');
      }
    },
    isolationBucketUnusable(error: unknown) {
      if (isDue(`isolation bucket ${boundedCode('isolation bucket', errorCode(error))}`)) {
        const fields = { code: errorCode(error), err: error };
        log('error', 'isolation_bucket_unusable', fields, 'the isolation bucket cannot be used');
      }
    },
    haltBegan(code: string) {
      metrics.isolationFault.set(1);
      metrics.isolationRefused.set(1);
      log(
        'error',
        'isolation_refused',
        { code },
        'nothing can be isolated; receives nothing until a probe succeeds',
      );
    },
    probeFailed(error: unknown) {
      const fields = { code: errorCode(error), err: error };
      log('warn', 'isolation_probe_failed', fields, 'the isolation side was probed and cannot be used yet');
    },
    haltEnded() {
      metrics.isolationFault.set(0);
      metrics.isolationRefused.set(0);
      log('info', 'isolation_allowed', {}, 'objects can be isolated again');
    },
    visibilityExtended(result: 'extended' | 'failed' | 'lost', message: Message) {
      metrics.visibilityExtensions.inc({ result });
      if (result === 'extended') return;
      log('warn', 'visibility_not_extended', { ...about(message), result }, 'visibility not extended');
    },
    taskProtectionChanged(isProtected: boolean) {
      const message = isProtected ? 'protected from scale-in' : 'no longer protected from scale-in';
      log('info', 'task_protection_changed', { protected: isProtected }, message);
    },
    taskProtectionFailed(error: unknown) {
      const fields = { code: errorCode(error), err: error };
      log(
        'warn',
        'task_protection_failed',
        fields,
        'a copy may be cut short by scale-in; it would be resumed',
      );
    },
    queueSampled(
      queue: 'findings' | 'dead-letter',
      depth: Readonly<Record<'visible' | 'in_flight' | 'delayed', number>> | Error,
    ) {
      const isFirst = !sampled.has(queue);
      sampled.add(queue);
      if (isFirst || !(depth instanceof Error)) metrics.queueSampled.set({ queue }, seconds());
      if (!(depth instanceof Error)) {
        for (const [state, count] of Object.entries(depth))
          metrics.queueMessages.set({ queue, state }, count);
        return;
      }
      // A number that is not known is not shown.
      for (const state of ['visible', 'in_flight', 'delayed']) metrics.queueMessages.remove({ queue, state });
      const fields = { queue, code: errorCode(depth), err: depth };
      log('warn', 'queue_not_sampled', fields, 'how many messages the queue holds is not known');
    },
    awsRequestDone({ service, operation, seconds, retries }: AwsRequest) {
      metrics.awsRequestDuration.observe({ service, operation }, seconds);
      if (retries > 0) metrics.awsRequestRetries.inc({ service, operation }, retries);
    },
    awsRequestFailed(failure: {
      readonly service: string;
      readonly operation: string;
      readonly code: string;
    }) {
      const { service: awsService, operation, code } = failure;
      const counted = errorCodesOf(awsService).includes(code) ? code : 'other';
      metrics.awsRequestErrors.inc({ ...failure, code: counted });
      if (isDue(`aws ${operation} ${boundedCode(operation, code)}`)) {
        log('warn', 'aws_request_failed', { awsService, operation, code }, 'an AWS call failed');
      }
    },
  };
}
