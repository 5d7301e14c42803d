import type { DigestEntry } from '../alert-topic.ts';
import { RetryableError } from '../errors.ts';
import { isContained } from '../isolation.ts';
import type { Message } from '../message.ts';
import type { AlertResult } from '../observer.ts';
import { alertIsDue, mayBeFolded } from '../outcome.ts';
import type { Ports } from '../ports.ts';
import { timed } from '../timed.ts';
import { type AlertInput, isWithoutFence } from './alert-input.ts';
import { alertFor } from './alert-text.ts';
import { leavesTrace, needsPerson, needsPersonAtOnce } from './needs-person.ts';

/**
 * A message whose alert failed backs off, but only a few times: an alert must not delay the acknowledgement
 * forever.
 */
const alertAttempts = 5;

/** Alerts people if the outcome is one that they are alerted about. */
export async function publishAlert(
  input: AlertInput,
  message: Message,
  ports: Ports,
  isLast: boolean,
): Promise<AlertResult> {
  let result: AlertResult = 'none';
  const isQuiet = input.decision?.quiet === true && !needsPerson(input);
  if (alertIsDue(input.outcome, isQuiet) || leavesTrace(input)) {
    try {
      result = await sendOrFold(input, ports);
    } catch (error) {
      ports.observer.alertDone('try-failed');
      if (message.receiveCount <= alertAttempts && !isLast) {
        const failed = new RetryableError('AlertFailed', 'the alert could not be sent', { cause: error });
        ports.observer.stepFailed('alert', failed);
        throw failed;
      }
      result = 'failed';
    }
  }
  ports.observer.alertDone(result, { message, outcome: input.outcome });
  return result;
}

/** Sends the alert at once, or waits for the digest that sums it up. The wait is no part of the step. */
async function sendOrFold(input: AlertInput, ports: Ports): Promise<AlertResult> {
  const entry = foldable(input);
  const accepted = entry && ports.digests?.fold(entry);
  if (accepted === undefined) return timed(ports, 'alert', () => ports.alerts.publish(alertFor(input)));
  await accepted;
  return 'folded';
}

function foldable(input: AlertInput): DigestEntry | undefined {
  const { decision, finding, isolation, messageId, outcome } = input;
  if (finding === undefined || !mayBeFolded(outcome) || needsPersonAtOnce(input)) return undefined;
  return {
    outcome,
    finding,
    messageId,
    rule: decision?.rule ?? 'none',
    ...(isolation?.fence && {
      fence: { fence: isolation.fence.fence, isContained: isContained(isolation) },
    }),
    ...(isWithoutFence(input) && { isWithoutFence: true }),
    ...(decision?.alertTopic !== undefined && { topic: decision.alertTopic }),
  };
}
