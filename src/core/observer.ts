import type { Confirmation } from './confirmation.ts';
import type { Finding } from './finding.ts';
import type { Message } from './message.ts';
import type { Outcome } from './outcome.ts';

/** Receives reports about the steps of a handling. Its functions must not throw. */
export interface Observer {
  /**
   * The body was read and names this finding. All later reports about the message concern this finding.
   * `finding` is absent if there is nothing to do about it.
   */
  messageRead(message: Message, findingId: string, finding?: Finding): void;
  /** The work that begins is an isolation, and not only an alert. */
  isolationBegins(message: Message): void;
  /** The work is done and the outcome is known. Alert and record follow. */
  outcomeReached(message: Message, outcome: Outcome): void;
  stepDone(step: Step, seconds: number): void;
  /** The error ended this step, and with it the handling. */
  stepFailed(step: Step, error: unknown): void;
  /** Macie was asked about the finding of this message. */
  confirmationDone(message: Message, confirmation: Confirmation): void;
  /** Reports each attempt and the final result. `failed`: the alert was given up, and its last attempt failed too. */
  alertDone(result: AlertResult | 'try-failed'): void;
  /** Reports each attempt to send an event, and `failed` if the message is parked although an event was not sent. */
  outcomeEventDone(result: OutcomeEventResult): void;
}

export type Step = 'confirm' | 'identify' | 'copy' | 'verify' | 'delete' | 'alert' | 'record' | 'event';

/** `folded`: a digest told people, and summed the finding up with others. */
export type AlertResult = 'sent' | 'folded' | 'failed' | 'none';

export type OutcomeEventResult = 'sent' | 'try-failed' | 'failed';
