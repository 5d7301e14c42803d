import { rejectedBodyKey, sha256Hex } from '../../evidence/keys.ts';
import { jsonOf } from '../../json.ts';

/** The dead-letter queues: of the findings queue, and of the rules that send to it. */
export type DeadLetterQueueName = 'findings' | 'rules';

/** A message as a dead-letter queue gives it. */
export interface DeadLetter {
  readonly queue: DeadLetterQueueName;
  readonly messageId: string;
  readonly body: string;
  /** When the message was sent first. A message that SQS itself moved keeps the time of its first sending. */
  readonly sentAt: Date;
  /** How often it was received from the dead-letter queue. Every look counts. */
  readonly receives: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** SQS moved the message, because it was received too often. Its attributes are those of an earlier parking. */
  readonly wasMovedBySqs: boolean;
}

/** The facts about a message in a dead-letter queue, without its body. */
export interface LetterSummary extends Omit<DeadLetter, 'body'> {
  readonly sizeBytes: number;
  readonly reason: string;
  readonly outcome?: string;
  readonly findingId?: string;
  /** How often a person sent the message again before. */
  readonly replays: number;
  /** The message is a stub, and its body is kept at this key. */
  readonly keptAt?: string;
}

export function summaryOf({ body, ...letter }: DeadLetter): LetterSummary {
  const { attributes, wasMovedBySqs } = letter;
  const parked = wasMovedBySqs ? {} : attributes;
  // EventBridge tells by these names why it could not deliver an event.
  const reason = wasMovedBySqs ? 'max-receives' : (attributes['Reason'] ?? attributes['ERROR_CODE']);
  const findingId = attributes['FindingId'] ?? findingIdIn(body);
  const keptAt = stubOf(body)?.keptAt;
  return {
    ...letter,
    sizeBytes: Buffer.byteLength(body),
    reason: reason ?? 'unknown',
    ...(parked['Outcome'] !== undefined && { outcome: parked['Outcome'] }),
    ...(findingId !== undefined && { findingId }),
    replays: replaysOf(attributes),
    ...(keptAt !== undefined && { keptAt }),
  };
}

export function replaysOf(attributes: DeadLetter['attributes']): number {
  const text = attributes['Replays'] ?? '';
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 0;
}

/** A message that did not fit into the dead-letter queue: its body is kept in the isolation bucket. */
interface Stub {
  readonly sha256: string;
  readonly keptAt: string;
}

/** Parses a stub. The place of the body follows from its hash, so that no other place is ever read. */
export function stubOf(body: string): Stub | undefined {
  if (!body.startsWith('{"sha256":')) return undefined;
  const { sha256, kept_at: keptAt } = (jsonOf(body) ?? {}) as { sha256?: unknown; kept_at?: unknown };
  if (typeof sha256 !== 'string' || !/^[\da-f]{64}$/.test(sha256)) return undefined;
  return keptAt === rejectedBodyKey(sha256) ? { sha256, keptAt } : undefined;
}

/** Whether a body that was read is the one that the stub names. */
export function isBodyOf({ sha256 }: Stub, body: string): boolean {
  return sha256Hex(body) === sha256;
}

/** Returns the id of the finding in the event that EventBridge delivers, or would have delivered. */
function findingIdIn(body: string): string | undefined {
  const { detail } = (jsonOf(body) ?? {}) as { detail?: { id?: unknown } | null };
  const id = detail?.id;
  return typeof id === 'string' && /^[\w-]{1,128}$/.test(id) ? id : undefined;
}
