import type { Confirmation } from '../core/confirmation.ts';
import { fences } from '../core/fences.ts';
import type { AlertResult, OutcomeEventResult, Step } from '../core/observer.ts';
import { type OutcomeName, outcomeReasons } from '../core/outcome.ts';
import { awsOperations, errorCodesOf } from './aws-operations.ts';
import type { Series } from './series.ts';

const severities = ['High', 'Medium', 'Low', 'None'];
const steps = [
  'confirm',
  'identify',
  'copy',
  'verify',
  'fence',
  'delete',
  'alert',
  'record',
  'event',
] satisfies Step[];
const confirmationResults = [
  'confirmed',
  'not-known-yet',
  'failed',
  'differs',
  'unknown',
  'expired',
] satisfies Confirmation['result'][];
const alertResults = ['sent', 'folded', 'failed', 'none', 'try-failed'] satisfies (
  | AlertResult
  | 'try-failed'
)[];
const eventResults = ['sent', 'failed', 'try-failed'] satisfies OutcomeEventResult[];

/** Objects that stay at the source can be fenced. */
const mayBeContained: ReadonlySet<OutcomeName> = new Set(['alerted', 'held', 'refused', 'retained']);

/** `rate()` does not see the first event of a series that appears only with that event. */
export function startAtZero(series: Series): void {
  for (const [outcome, reasons] of Object.entries(outcomeReasons) as [OutcomeName, readonly string[]][]) {
    for (const reason of reasons.length > 0 ? reasons : ['']) series.isolations.inc({ outcome, reason }, 0);
    series.isolationDuration.zero({ outcome });
    if (!mayBeContained.has(outcome)) continue;
    for (const reason of reasons.length > 0 ? reasons : ['']) series.contained.inc({ outcome, reason }, 0);
  }
  for (const severity of severities) {
    series.findingToIsolation.zero({ severity });
    series.objectExposure.zero({ severity });
    series.findingToFence.zero({ severity });
    series.findingsNotIsolated.inc({ severity }, 0);
  }
  for (const [service, operations] of Object.entries(awsOperations)) {
    for (const operation of operations) {
      series.awsRequestDuration.zero({ service, operation });
      series.awsRequestRetries.inc({ service, operation }, 0);
      for (const code of errorCodesOf(service)) series.awsRequestErrors.inc({ service, operation, code }, 0);
    }
  }
  for (const why of outcomeReasons.held) {
    series.findingsHeld.set({ why }, 0);
    series.findingsHeldTotal.inc({ why }, 0);
  }
  for (const step of steps) series.stepDuration.zero({ step });
  for (const result of confirmationResults) series.confirmations.inc({ result }, 0);
  for (const result of alertResults) series.alerts.inc({ result }, 0);
  for (const result of eventResults) series.outcomeEvents.inc({ result }, 0);
  for (const result of [...fences, 'hit-other']) series.fences.inc({ result }, 0);
  for (const how of ['delete', 'park', 'back-off', 'hand-back', 'lost'])
    series.messagesSettled.inc({ how }, 0);
  for (const result of ['extended', 'failed', 'lost']) series.visibilityExtensions.inc({ result }, 0);
}
