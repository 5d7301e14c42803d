import { RetryableError } from '../errors.ts';
import type { Message } from '../message.ts';
import { alertIsDue } from '../outcome.ts';
import type { AlertResult, Ports } from '../ports.ts';
import { type AlertInput, alertFor } from './alert-text.ts';

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
  if (alertIsDue(input.outcome, input.decision?.quiet)) {
    try {
      result = await ports.alerts.publish(alertFor(input));
    } catch (error) {
      ports.observer.alertDone('try-failed');
      if (message.receiveCount <= alertAttempts && !isLast) {
        throw new RetryableError('AlertFailed', 'the alert could not be sent', { cause: error });
      }
      result = 'failed';
    }
  }
  ports.observer.alertDone(result);
  return result;
}
