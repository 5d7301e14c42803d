import { errorCode } from '../errors.ts';
import type { RecordedFinding } from '../finding.ts';
import type { IsolationResult } from '../isolation.ts';
import type { Message } from '../message.ts';
import type { Outcome } from '../outcome.ts';
import type { Parsed } from './parse-finding.ts';
import { requestNamed } from './parse-request.ts';

/** How the handling of a message ends that names nothing to act on. */
interface EndingAtOnce {
  readonly outcome: Outcome;
  readonly finding?: RecordedFinding;
  readonly isolation?: IsolationResult;
}

/** The ending of a message that names nothing to act on. */
export function withoutFinding(parsed: Exclude<Parsed, { kind: 'finding' }>): EndingAtOnce {
  const { kind, reason, findingId, createdAt, ...rest } = parsed;
  const outcome = { name: kind, reason } as Outcome;
  const { unconfirmed, ...known } = 'unconfirmed' in rest ? rest : { unconfirmed: undefined, ...rest };
  const isNamed = findingId !== undefined && createdAt !== undefined;
  return {
    outcome,
    ...(isNamed && { finding: { id: findingId, createdAt, ...known } }),
    ...(unconfirmed && { isolation: { outcome, unconfirmed } }),
  };
}

/** The request of this message could not be read until the last receive. */
export function unreadable(message: Message, error: unknown): EndingAtOnce {
  const told = requestNamed(message);
  return {
    outcome: { name: 'refused', reason: 'retries-exhausted', lastError: errorCode(error) },
    ...(typeof told === 'object' && { finding: { id: told.id, createdAt: message.sentAt } }),
  };
}
