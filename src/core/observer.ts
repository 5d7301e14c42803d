import type { Confirmation } from './confirmation.ts';
import type { Fence } from './fences.ts';
import type { Finding } from './finding.ts';
import type { Message } from './message.ts';
import type { Outcome } from './outcome.ts';
import type { Tag } from './properties.ts';

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
  /**
   * Reports each attempt and the final result. `failed`: the alert was given up, and its last attempt failed too. `about` is
   * absent if the alert is about no finding. A message that comes again may report its result again.
   */
  alertDone(
    result: AlertResult | 'try-failed',
    about?: { readonly message: Message; readonly outcome: Outcome },
  ): void;
  /** Reports each attempt to send an event, and `failed` if the message is parked although an event was not sent. */
  outcomeEventDone(result: OutcomeEventResult): void;
  /** Reports each try to fence a flagged version. `isNew`: this try put the tag. */
  fenceDone(finding: Finding, fence: Fence, isNew: boolean): void;
  /**
   * The tag of a fence hit bytes that were put at that moment, and was taken away. The tags of the flagged object
   * were put in place of their own.
   */
  fenceHitOther(finding: Pick<Finding, 'id' | 'object'>, hit: FenceHit): void;
  /** A worker that died may have left its tag on other bytes, and this handling could not, or may not, take it away. */
  fenceMayBeLeft(finding: Pick<Finding, 'id' | 'object'>): void;
}

export interface FenceHit {
  readonly versionId: string;
  /** The tags that the flagged object had, and that the other bytes have now. Absent if an earlier handling knew them. */
  readonly tagsBefore?: readonly Tag[];
}

export type Step =
  | 'confirm'
  | 'identify'
  | 'copy'
  | 'verify'
  | 'fence'
  | 'delete'
  | 'alert'
  | 'record'
  | 'event';

/** `folded`: a digest told people, and summed the finding up with others. */
export type AlertResult = 'sent' | 'folded' | 'failed' | 'none';

export type OutcomeEventResult = 'sent' | 'try-failed' | 'failed';
