import type { FindingsSender } from '../findings-sender.ts';
import type { Comparison } from './compare-findings.ts';
import { eventBody } from './event-body.ts';
import { type FindingFacts, factsOf } from './finding-filter.ts';
import type { FindingState } from './finding-state.ts';

/** The end of a finding that was to be sent. */
export type Sending = 'sent' | 'too-large' | 'would-be-sent';

export interface Compared extends Comparison {
  /** Absent where the comparison has no finding. */
  readonly facts?: FindingFacts;
  /** Absent if the finding was not chosen. */
  readonly sending?: Sending;
}

export interface SendingChoice {
  /** The findings in these states are sent. */
  readonly states: ReadonlySet<FindingState>;
  /** Findings that do not match are left out altogether. */
  readonly matches: (facts: FindingFacts) => boolean;
  /** If absent, nothing is sent. */
  readonly sender?: FindingsSender;
  /** Called before each message. */
  readonly pace: () => Promise<void>;
}

/**
 * Sends the chosen findings to the queue as EventBridge would, marked as a backfill. A repetition does no harm:
 * what has been handled since has a record, and a finding that is sent twice is handled to the same end.
 */
export async function* sendFindings(
  comparisons: AsyncIterable<Comparison>,
  { matches, pace, sender, states }: SendingChoice,
  signal: AbortSignal,
): AsyncGenerator<Compared> {
  for await (const comparison of comparisons) {
    if (signal.aborted) return;
    const { finding } = comparison;
    if (finding === undefined) {
      yield comparison;
      continue;
    }
    const facts = factsOf(finding);
    if (!matches(facts)) continue;
    if (!states.has(comparison.state)) {
      yield { ...comparison, facts };
      continue;
    }
    if (sender !== undefined) await pace();
    if (signal.aborted) return;
    const sending = (await sender?.send(eventBody(finding), { Origin: 'backfill' })) ?? 'would-be-sent';
    yield { ...comparison, facts, sending };
  }
}
