import type { Finding } from '../core/finding.ts';
import { isRepetition, type Message } from '../core/message.ts';
import type { Step } from '../core/observer.ts';
import type { Outcome } from '../core/outcome.ts';

interface Identity {
  readonly findingId?: string;
  readonly severity?: string;
  readonly bucket?: string;
  readonly key?: string;
  /** Whether the flagged bytes are out of reach. An earlier delivery may have removed them and told nobody. */
  readonly isolated: 'yes' | 'no' | 'unknown';
}

/**
 * Knows which finding a message is about, so that every line about the message names the finding and its object. A
 * finding is known once the body of its message was read.
 */
export function createMessageIdentity() {
  const identities = new WeakMap<Message, Identity>();
  const failedSteps = new WeakMap<object, Step>();
  const identityOf = (message: Message): Identity =>
    identities.get(message) ?? { isolated: isRepetition(message) ? 'unknown' : 'no' };

  return {
    isAbout(message: Message, findingId: string, finding?: Finding): void {
      const { severity, object } = finding ?? {};
      identities.set(message, {
        ...identityOf(message),
        findingId,
        ...(severity !== undefined && { severity }),
        ...(object && { bucket: object.bucket, key: object.key }),
      });
    },
    /** The same message was received again while its earlier delivery is in work. */
    isSameAs(message: Message, earlier: Message): void {
      identities.set(message, identityOf(earlier));
    },
    hasOutcome(message: Message, { name }: Outcome): void {
      const isolated = name === 'isolated' || name === 'already_isolated' ? 'yes' : 'no';
      identities.set(message, { ...identityOf(message), isolated });
    },
    /** Steps may contain others: the innermost is the one that failed. */
    stepFailed(step: Step, error: unknown): void {
      if (error instanceof Error && !failedSteps.has(error)) failedSteps.set(error, step);
    },
    stepOf: (error: unknown): Step | undefined =>
      error instanceof Error ? failedSteps.get(error) : undefined,
    /** The fields of every line about a message. */
    fieldsOf(message: Message) {
      const { findingId, severity, bucket, key, isolated } = identityOf(message);
      return {
        findingId,
        messageId: message.id,
        attempt: message.receiveCount,
        severity,
        bucket,
        key,
        isolated,
      };
    },
  };
}

export type MessageIdentity = ReturnType<typeof createMessageIdentity>;
