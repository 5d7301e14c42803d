import { describeError } from '../core/describe-error.ts';
import type { Decide } from '../core/policy/policy.ts';
import type { Gate } from './gate.ts';
import { passed } from './passed.ts';
import { settledOrAborted } from './settled-or-aborted.ts';

/** The content of the source of the policy. `version` changes with the text. */
type Held<Policy> =
  | { readonly kind: 'policy'; readonly version: string; readonly policy: Policy }
  | { readonly kind: 'invalid'; readonly version: string; readonly problem: string };

/** The result of reading the source of the policy. */
export type PolicyRead<Policy> =
  | Held<Policy>
  /** The source holds what it held at the last read that succeeded. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'unreadable'; readonly problem: string };

export interface PolicyEvents<Policy> {
  /** This policy decides from now on. */
  takenUp(policy: Policy): void;
  /**
   * The source holds another text that is not a policy. The previous policy stays in force. Called once for
   * each text.
   */
  rejected(problem: string): void;
  /** The source holds the same text as at the rejection. Called at each read. */
  stillRejected(problem: string): void;
  unreadable(problem: string): void;
  /** The source can be read again, and holds the policy in force. */
  readableAgain(): void;
}

export interface PolicyInForce<Policy> extends Gate {
  readonly decide: Decide;
  /** Absent before the first policy was read. */
  readonly current: Policy | undefined;
  /** The present problem of the source. */
  readonly problem: string | undefined;
  /** Reads the source now, and then every 60 s. Resolves after the first read with its result. */
  start(): Promise<'policy' | 'invalid' | 'unreadable'>;
  /** Ends the reads. A first read that has no answer yet is given up, and counts as `unreadable`. */
  stop(): void;
}

export interface PolicyInForceOptions {
  readonly refreshEveryMs?: number | undefined;
  /** A read that takes longer counts as failed until it ends. */
  readonly longestReadMs?: number | undefined;
}

/**
 * Keeps the policy up to date, either whole or not at all, and lets no message be received before there is a
 * policy.
 */
export function createPolicyInForce<Policy extends { readonly decide: Decide }>(
  read: () => Promise<PolicyRead<Policy>>,
  events: PolicyEvents<Policy>,
  { longestReadMs = 30_000, refreshEveryMs = 60_000 }: PolicyInForceOptions = {},
): PolicyInForce<Policy> {
  let current: Policy | undefined;
  let held: Held<Policy> | undefined;
  let away: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const stopping = new AbortController();
  const first = Promise.withResolvers<void>();

  let reading: Promise<PolicyRead<Policy>> | undefined;

  /**
   * A read that hangs is awaited again at the next time, and no other read is begun beside it: each would hold a thread of
   * a file system that hangs.
   */
  const readInTime = async (): Promise<PolicyRead<Policy>> => {
    // A fault of the read must not end the worker: the previous policy stays in force.
    reading ??= read().catch((error: unknown) => {
      const { code, name } = describeError(error);
      return unreadableBy<Policy>(code ?? name);
    });
    const ended = new AbortController();
    const late = passed(longestReadMs, AbortSignal.any([ended.signal, stopping.signal])).then(
      () => undefined,
    );
    const seen = await Promise.race([reading, late]);
    ended.abort();
    if (seen === undefined) return unreadableBy('no answer');
    reading = undefined;
    return seen;
  };
  const refresh = async (): Promise<'policy' | 'invalid' | 'unreadable'> => {
    const seen = await readInTime();
    // A read that a stop has given up says nothing about the source.
    if (stopping.signal.aborted) return 'unreadable';
    if (seen.kind === 'unreadable') {
      away = seen.problem;
      events.unreadable(seen.problem);
      return seen.kind;
    }
    const isBack = away !== undefined;
    away = undefined;
    if (seen.kind === 'unchanged' || seen.version === held?.version) {
      if (held?.kind === 'invalid') events.stillRejected(held.problem);
      else if (isBack && held) events.readableAgain();
      return held?.kind ?? 'unreadable';
    }
    held = seen;
    if (seen.kind === 'invalid') {
      events.rejected(seen.problem);
      return seen.kind;
    }
    current = seen.policy;
    events.takenUp(seen.policy);
    first.resolve();
    return seen.kind;
  };
  const later = (): void => {
    if (!stopping.signal.aborted)
      timer = setTimeout(() => void refresh().finally(later), refreshEveryMs).unref();
  };

  return {
    get current() {
      return current;
    },
    get problem() {
      return away ?? (held?.kind === 'invalid' ? held.problem : undefined);
    },
    decide(finding, circumstances) {
      if (current === undefined) throw new Error('no policy was read yet');
      return current.decide(finding, circumstances);
    },
    admit: () => current !== undefined,
    async pass(signal) {
      if (current === undefined) await settledOrAborted(first.promise, signal);
    },
    async start() {
      const kind = await refresh();
      later();
      return kind;
    },
    stop() {
      stopping.abort();
      clearTimeout(timer);
    },
  };
}

function unreadableBy<Policy>(why: string): PolicyRead<Policy> {
  return { kind: 'unreadable', problem: `the policy cannot be read (${why})` };
}
