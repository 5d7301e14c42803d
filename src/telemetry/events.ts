import type { Logger } from 'pino';
import type { Handled } from '../core/conclude.ts';
import { errorCode } from '../core/errors.ts';
import type { Message } from '../core/message.ts';
import { reasonText, settledBy } from '../core/outcome.ts';
import type { AlertResult, Step } from '../core/ports.ts';
import type { Metrics } from './metrics.ts';

/** A repeated failure is logged so often at most; the metric counts each. */
const repeatedLogMs = 60_000;
const maximumCodes = 50;

/**
 * One function for each event, which writes the log line and moves the metrics together. Nothing is
 * logged or counted anywhere else. Log lines carry ids and keys; labels never do.
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
  const codes = new Set<string>();

  /** A code comes from a server, so neither its form nor the number of different ones is trusted. */
  const boundedCode = (code: string): string => {
    if (!/^[A-Za-z][A-Za-z0-9.]{0,63}$/.test(code)) return 'other';
    if (codes.size < maximumCodes) codes.add(code);
    return codes.has(code) ? code : 'other';
  };

  return {
    started(settings: {
      readonly concurrency: number;
      readonly mode: string;
      readonly isolationBucket: string;
    }) {
      metrics.concurrencyLimit.set(settings.concurrency);
      logger.info({ event: 'started', ...settings, nodeVersion: process.version }, 'started');
    },
    listening(at: { readonly host: string; readonly port: number }) {
      logger.info({ event: 'listening', ...at }, 'listening');
    },
    readinessChanged(ready: boolean, failing: readonly string[]) {
      logger[ready ? 'info' : 'warn'](
        { event: 'readiness_changed', ready, failing },
        ready ? 'ready' : 'not ready',
      );
    },
    shuttingDown(cause: string) {
      metrics.shuttingDown.set(1);
      logger.info({ event: 'shutting_down', cause }, 'shutting down');
    },
    stopped() {
      logger.info({ event: 'stopped' }, 'stopped');
    },

    messageReceived(message: Message) {
      metrics.messagesReceived.inc();
      metrics.receiveCount.observe(message.receiveCount);
      if (message.receiveCount === 1) {
        metrics.queueWait.observe(Math.max(0, (now().getTime() - message.sentAt.getTime()) / 1000));
      }
      logger.debug(
        { event: 'message_received', messageId: message.id, attempt: message.receiveCount },
        'received',
      );
    },
    inFlightChanged(count: number) {
      metrics.messagesInFlight.set(count);
    },
    findingHandled(message: Message, handled: Handled, durationSeconds: number) {
      const { outcome, finding, isolation } = handled;
      const reason = 'reason' in outcome ? outcome.reason : '';
      metrics.isolations.inc({ outcome: outcome.name, reason });
      metrics.isolationDuration.observe({ outcome: outcome.name }, durationSeconds);
      metrics.lastProcessed.set(seconds());
      if (outcome.name === 'isolated' && finding) {
        observeExposure(metrics, message, handled, isolation?.removedAt ?? now());
      }
      const parked = settledBy(outcome) === 'park';
      logger[parked ? 'warn' : 'info'](
        {
          event: 'finding_handled',
          findingId: finding?.id,
          messageId: message.id,
          attempt: message.receiveCount,
          outcome: outcome.name,
          reason: reasonText(outcome),
          severity: finding?.severity,
          accountId: finding?.object?.accountId,
          bucket: finding?.object?.bucket,
          key: finding?.object?.key,
          isolationKey: isolation?.copy?.key,
          rule: handled.decision?.rule,
          alert: handled.alert,
          recorded: handled.recorded,
          durationMs: Math.round(durationSeconds * 1000),
        },
        outcome.name,
      );
    },
    handlingFailed(message: Message, error: unknown, retryInSeconds: number) {
      logger.warn(
        {
          event: 'handling_failed',
          messageId: message.id,
          attempt: message.receiveCount,
          code: errorCode(error),
          retryInSeconds,
          err: error,
        },
        'will be tried again',
      );
    },
    stepDone(step: Step, durationSeconds: number) {
      metrics.stepDuration.observe({ step }, durationSeconds);
    },
    alertDone(result: AlertResult) {
      metrics.alerts.inc({ result });
    },
    settled(how: 'delete' | 'park' | 'back-off' | 'hand-back', message: Message) {
      metrics.messagesSettled.inc({ how });
      logger.debug(
        { event: 'message_settled', messageId: message.id, attempt: message.receiveCount, how },
        how,
      );
    },
    settlingFailed(how: string, message: Message, error: unknown) {
      logger.warn(
        { event: 'settling_failed', messageId: message.id, attempt: message.receiveCount, how, err: error },
        'the message will come again',
      );
    },

    polled() {
      metrics.lastPoll.set(seconds());
      if (pollFailing) logger.info({ event: 'poll_recovered' }, 'the queue answers again');
      pollFailing = false;
    },
    pollFailed(error: unknown) {
      pollFailing = true;
      metrics.queuePollErrors.inc();
      if (isDue(`poll ${errorCode(error)}`)) {
        logger.error(
          { event: 'poll_failed', code: errorCode(error), err: error },
          'the queue cannot be polled',
        );
      }
    },
    isolationBucketUnusable(error: unknown) {
      if (isDue(`isolation bucket ${errorCode(error)}`)) {
        logger.error(
          { event: 'isolation_bucket_unusable', code: errorCode(error), err: error },
          'the isolation bucket cannot be used',
        );
      }
    },
    isolationRefused(code: string) {
      metrics.isolationRefused.set(1);
      logger.error(
        { event: 'isolation_refused', code },
        'nothing can be isolated; one message a minute is tried',
      );
    },
    isolationAllowed() {
      metrics.isolationRefused.set(0);
      logger.info({ event: 'isolation_allowed' }, 'objects can be isolated again');
    },
    visibilityExtended(result: 'extended' | 'failed' | 'lost') {
      metrics.visibilityExtensions.inc({ result });
      if (result !== 'extended')
        logger.warn({ event: 'visibility_not_extended', result }, 'visibility not extended');
    },
    queueSampled(
      queue: 'findings' | 'dead-letter',
      depth: Readonly<Record<'visible' | 'in_flight' | 'delayed', number>>,
    ) {
      for (const [state, count] of Object.entries(depth)) metrics.queueMessages.set({ queue, state }, count);
    },
    awsRequestFailed(failure: {
      readonly service: string;
      readonly operation: string;
      readonly code: string;
    }) {
      metrics.awsRequestErrors.inc({ ...failure, code: boundedCode(failure.code) });
      if (isDue(`aws ${failure.operation} ${failure.code}`)) {
        const { service: awsService, operation, code } = failure;
        logger.warn({ event: 'aws_request_failed', awsService, operation, code }, 'an AWS call failed');
      }
    },
  };
}

function observeExposure(
  metrics: Metrics,
  message: Message,
  { finding, isolation }: Handled,
  removedAt: Date,
): void {
  const severity = finding?.severity ?? 'None';
  const until = (start: Date) => Math.max(0, (removedAt.getTime() - start.getTime()) / 1000);
  const late = message.origin === 'backfill' || message.origin === 'replay';
  if (finding && !late) metrics.findingToIsolation.observe({ severity }, until(finding.createdAt));
  const { lastModified, sizeBytes } = isolation?.source ?? {};
  if (lastModified) metrics.objectExposure.observe({ severity }, until(lastModified));
  metrics.isolatedBytes.inc(sizeBytes ?? isolation?.copy?.provenance.sizeBytes ?? 0);
}
