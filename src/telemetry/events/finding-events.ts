import { errorCode } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { isContained } from '../../core/isolation.ts';
import type { Message } from '../../core/message.ts';
import type { AlertResult, OutcomeEventResult, Step } from '../../core/observer.ts';
import { type Outcome, objectiveOf, reasonText } from '../../core/outcome.ts';
import type { Handled } from '../../core/tell/conclude.ts';
import type { EventLog } from '../event-log.ts';
import { isolatedNow, originOutsideObjective } from '../exposure.ts';
import { createFirstTime } from '../first-time.ts';
import type { HeldThisHour } from '../held-this-hour.ts';
import type { MessageIdentity } from '../message-identity.ts';
import type { Metrics } from '../metrics.ts';
import type { UnfinishedFindings } from '../unfinished.ts';

/** How many alerts are remembered, for messages that come again. */
const rememberedAlerts = 5_000;

/** A log line stays short. */
const idsOfLine = 100;

/** The events of a finding: it is read, isolated step by step, concluded and handled, or its handling fails. */
export function createFindingEvents(
  { log }: EventLog,
  metrics: Metrics,
  now: () => Date,
  identity: MessageIdentity,
  unfinished: UnfinishedFindings,
  heldThisHour: HeldThisHour,
) {
  const count = (message: Message, handled: Handled, durationSeconds: number): void => {
    const { finding, outcome } = handled;
    const isolated = isolatedNow(handled, now());
    countOutcome(metrics, handled, durationSeconds);
    if (outcome.name === 'held') heldThisHour.held(outcome.reason);
    countFenced(metrics, handled, message);
    const severity = finding?.severity ?? 'None';
    if (isolated) {
      countIsolated(metrics, isolated, message, severity);
      unfinished.isolated(message, severity, isolated.findingToIsolationSeconds);
    }
    if (isMiss(handled)) unfinished.kept(message, severity);
  };
  const isFirstAlert = createFirstTime(rememberedAlerts);
  return {
    messageRead(message: Message, findingId: string, finding?: Finding) {
      identity.isAbout(message, findingId, finding);
      if (finding) unfinished.read(message, finding);
    },
    isolationBegins(message: Message) {
      unfinished.isolationBegins(message);
    },
    outcomeReached(message: Message, outcome: Outcome) {
      identity.hasOutcome(message, outcome);
    },
    stepFailed(step: Step, error: unknown) {
      identity.stepFailed(step, error);
    },
    stepDone(step: Step, durationSeconds: number) {
      metrics.stepDuration.observe({ step }, durationSeconds);
    },
    alertDone(
      result: AlertResult | 'try-failed',
      about?: { readonly message: Message; readonly outcome: Outcome },
    ) {
      // A message that comes again because its record was not written has its alert already.
      const isAgain =
        about !== undefined && !isFirstAlert(`${about.message.id} ${about.outcome.name} ${result}`);
      if (!isAgain) metrics.alerts.inc({ result });
    },
    digestSent(findings: number) {
      log('info', 'digest_sent', { findings }, 'a digest of alerts was sent');
    },
    /** The records of these findings say `folded`, so the log alone names those of whom nobody was told. */
    digestGivenUp(findingIds: readonly string[]) {
      metrics.alerts.inc({ result: 'failed' }, findingIds.length);
      for (let at = 0; at < findingIds.length; at += idsOfLine) {
        const ids = findingIds.slice(at, at + idsOfLine);
        log('error', 'digest_given_up', { findingIds: ids }, 'nobody was told of these findings');
      }
    },
    outcomeEventDone(result: OutcomeEventResult) {
      metrics.outcomeEvents.inc({ result });
    },
    /**
     * Called at the end of a handling that did not fail, whether or not the message can be parked afterwards. An outcome
     * and a miss count once, with their record: the message may come again because of an event or a settlement that failed.
     */
    handlingEnded(message: Message, handled: Handled, durationSeconds: number) {
      if (handled.recorded) count(message, handled, durationSeconds);
    },
    /**
     * Called for a parked message once it is in the dead-letter queue, because a message that cannot be
     * parked is delivered again. Counts the outcome if there is no record that it could count with.
     */
    findingHandled(message: Message, handled: Handled, durationSeconds: number) {
      const { outcome, recorded, recordedBefore } = handled;
      const isolated = isolatedNow(handled, now());
      if (!recorded && !recordedBefore) count(message, handled, durationSeconds);
      metrics.lastProcessed.set(now().getTime() / 1000);
      if (outcome.name === 'ignored' && outcome.reason === 'sample')
        metrics.lastSampleFinding.set(now().getTime() / 1000);
      identity.hasOutcome(message, outcome);
      // A message that comes again because its event was not sent is no unfinished finding.
      unfinished.left(message);
      const fields = {
        ...identity.fieldsOf(message),
        ...handledFields(handled),
        sizeBytes: isolated?.sizeBytes,
        origin: originOutsideObjective(message),
        findingToIsolationSeconds: isolated?.findingToIsolationSeconds,
        objectExposureSeconds: isolated?.objectExposureSeconds,
        durationMs: Math.round(durationSeconds * 1000),
      };
      log(levelOf(handled), 'finding_handled', fields, outcome.name);
    },
    /** Called for a message that was reported at an earlier receive and waits for the redrive policy to move it. */
    findingHandledBefore(message: Message) {
      // The message comes again until it is moved, but its finding has its outcome.
      unfinished.left(message);
    },
    handlingFailed(message: Message, error: unknown, retryInSeconds: number) {
      unfinished.backedOff(message, retryInSeconds);
      const fields = {
        ...identity.fieldsOf(message),
        step: identity.stepOf(error),
        code: errorCode(error),
        retryInSeconds,
        err: error,
      };
      log('warn', 'handling_failed', fields, 'will be tried again');
    },
  };
}

/** Data that stays readable, and people who were not told, need somebody now. */
function levelOf(handled: Handled): 'info' | 'warn' | 'error' {
  if (isMiss(handled) || handled.alert === 'failed') return 'error';
  return handled.settlement.by === 'park' ? 'warn' : 'info';
}

function isMiss({ isolation, outcome }: Handled): boolean {
  return objectiveOf(outcome, isolation && isContained(isolation)) === 'missed';
}

function countOutcome(metrics: Metrics, { isolation, outcome }: Handled, durationSeconds: number): void {
  const reason = 'reason' in outcome ? outcome.reason : '';
  metrics.isolations.inc({ outcome: outcome.name, reason });
  if (isolation && isContained(isolation)) metrics.contained.inc({ outcome: outcome.name, reason });
  metrics.isolationDuration.observe({ outcome: outcome.name }, durationSeconds);
  if (outcome.name === 'held') metrics.findingsHeldTotal.inc({ why: outcome.reason });
}

/** Once for each record: a repetition finds the fence in place. */
function countFenced(metrics: Metrics, { finding, isolation, recorded }: Handled, message: Message): void {
  const { fence } = isolation ?? {};
  if (isolation === undefined || fence === undefined || finding === undefined || !recorded) return;
  if (!isContained(isolation) || originOutsideObjective(message)) return;
  const seconds = Math.max(0, (fence.at.getTime() - finding.createdAt.getTime()) / 1000);
  metrics.findingToFence.observe({ severity: finding.severity ?? 'None' }, seconds);
}

function countIsolated(
  metrics: Metrics,
  isolated: NonNullable<ReturnType<typeof isolatedNow>>,
  message: Message,
  severity: string,
): void {
  const { findingToIsolationSeconds, objectExposureSeconds, sizeBytes } = isolated;
  if (!originOutsideObjective(message)) {
    metrics.findingToIsolation.observe({ severity }, findingToIsolationSeconds);
  }
  if (objectExposureSeconds !== undefined) {
    metrics.objectExposure.observe({ severity }, objectExposureSeconds);
  }
  metrics.isolatedBytes.inc(sizeBytes);
}

function handledFields({ outcome, settlement, finding, isolation, decision, alert, recorded }: Handled) {
  return {
    findingId: finding?.id,
    outcome: outcome.name,
    reason: reasonText(outcome),
    settledBy: settlement.by,
    severity: finding?.severity,
    accountId: finding?.object?.accountId,
    bucket: finding?.object?.bucket,
    key: finding?.object?.key,
    isolationKey: isolation?.copy?.key,
    rule: decision?.rule,
    policy: decision?.policy,
    exception: decision?.exception?.name,
    fence: isolation?.fence?.fence,
    // Absent where nothing contains the data: a metric filter of CloudWatch asks for its absence.
    contained: (isolation && isContained(isolation)) || undefined,
    alert,
    recorded,
  };
}
