import { errorCode, IsolationFaultError } from '../core/errors.ts';
import type { FindingsConfirmer } from '../core/findings-confirmer.ts';
import type { CopyRequest, IsolationBucket } from '../core/isolation-bucket.ts';
import type { ControlObjects } from '../core/valve/control-objects.ts';
import type { Gate } from './gate.ts';
import { settledOrAborted } from './settled-or-aborted.ts';

/** Who refuses a call that every message needs: the isolation side, or Macie, which is asked about findings. */
export type RefusedBy = 'isolation-side' | 'macie';

export interface CircuitEvents {
  /** A halt begins. `code` is the error code of the last isolation fault. */
  opened(code: string, refusedBy: RefusedBy): void;
  closed(): void;
  /** Called until it succeeds once for each halt. */
  alertPeople(code: string, refusedBy: RefusedBy): Promise<unknown>;
  probeFailed(error: unknown): void;
}

export interface CircuitOptions {
  /**
   * Whether the worker's own role makes this copy. A refusal of a member account's role may be that account's
   * doing, and must not stop the other accounts.
   */
  readonly isOurs: (request: CopyRequest) => boolean;
  /**
   * Makes the calls that messages need at the isolation side. Rejects if a call is refused. `since` is the
   * start of the halt.
   */
  readonly probe: (since: Date) => Promise<void>;
  readonly tryEveryMs?: number;
}

export interface IsolationCircuit extends Gate {
  readonly isOpen: boolean;
  /** Absent while the circuit is closed. */
  readonly refusedBy: RefusedBy | undefined;
  /** Returns the same bucket, whose isolation faults are counted here. */
  watched(bucket: IsolationBucket): IsolationBucket;
  /** Returns the same objects, whose isolation faults are counted here too. */
  watchedControl(objects: ControlObjects): ControlObjects;
  /** Returns the same confirmer. A call that Macie refuses counts as an isolation fault too. */
  watchedConfirmer(confirmer: FindingsConfirmer): FindingsConfirmer;
  stop(): void;
}

/**
 * The kind of call that a message needs. A success of one kind says nothing about another kind, because they
 * need other permissions.
 */
type Need = 'copy' | 'put' | 'read' | 'list' | 'confirm';

/**
 * Isolation faults in a row, without a success between them. Their keys distinguish a single bad object from
 * a fault of the isolation side.
 */
interface Refusals {
  readonly count: number;
  readonly keys: ReadonlySet<string>;
}

type State =
  | { readonly kind: 'closed'; readonly refusals: Readonly<Record<Need, Refusals>> }
  | {
      readonly kind: 'open';
      readonly code: string;
      readonly refusedBy: RefusedBy;
      readonly since: Date;
      readonly ended: PromiseWithResolvers<void>;
      alerted: boolean;
    };

const opensAfter = { refusals: 5, keys: 2 };
const none: Refusals = { count: 0, keys: new Set() };
const closed = (): State => ({
  kind: 'closed',
  refusals: { copy: none, put: none, read: none, list: none, confirm: none },
});

/**
 * When the isolation side (bucket, key, role) is at fault, every message would fail, come back, and finally
 * be parked. So after five isolation faults in a row, the worker receives nothing until a probe succeeds. The
 * probe needs no message, so every worker finds out for itself that the fault is repaired. Errors of the
 * source or of the network are no isolation faults.
 */
export function createIsolationCircuit(events: CircuitEvents, options: CircuitOptions): IsolationCircuit {
  const { isOurs, probe, tryEveryMs = 60_000 } = options;
  let state = closed();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const alertOnce = async (open: State & { kind: 'open' }): Promise<void> => {
    if (open.alerted) return;
    open.alerted = true;
    await events.alertPeople(open.code, open.refusedBy).catch(() => {
      open.alerted = false;
    });
  };
  const probeLater = (open: State & { kind: 'open' }): void => {
    if (!stopped) timer = setTimeout(() => void tryAgain(open), tryEveryMs).unref();
  };
  const tryAgain = async (open: State & { kind: 'open' }): Promise<void> => {
    try {
      await probe(open.since);
    } catch (error) {
      if (stopped) return;
      events.probeFailed(error);
      void alertOnce(open);
      return probeLater(open);
    }
    state = closed();
    open.ended.resolve();
    events.closed();
  };
  const refused = (need: Need, key: string, code: string): void => {
    if (state.kind === 'open' || stopped) return;
    const { count, keys } = state.refusals[need];
    const refusals = { count: count + 1, keys: new Set(keys).add(key) };
    if (refusals.count < opensAfter.refusals || refusals.keys.size < opensAfter.keys) {
      state = { ...state, refusals: { ...state.refusals, [need]: refusals } };
      return;
    }
    const open = {
      kind: 'open',
      code,
      refusedBy: need === 'confirm' ? 'macie' : 'isolation-side',
      since: new Date(),
      ended: Promise.withResolvers<void>(),
      alerted: false,
    } as const satisfies State;
    state = open;
    events.opened(code, open.refusedBy);
    void alertOnce(open);
    probeLater(open);
  };
  /** During a halt only the probe can end it, because a call that began earlier may still succeed. */
  const wentWell = (need: Need): void => {
    if (state.kind === 'closed') state = { ...state, refusals: { ...state.refusals, [need]: none } };
  };
  const watch =
    <Arguments extends unknown[], Answer>(
      need: Need,
      call: (...input: Arguments) => Promise<Answer>,
      keyOf: (...input: Arguments) => string,
      isProof: (answer: Answer) => boolean = () => true,
      counts: (...input: Arguments) => boolean = () => true,
    ) =>
    async (...input: Arguments): Promise<Answer> => {
      try {
        const answer = await call(...input);
        if (isProof(answer)) wentWell(need);
        return answer;
      } catch (error) {
        if (error instanceof IsolationFaultError && counts(...input))
          refused(need, keyOf(...input), errorCode(error));
        throw error;
      }
    };
  const first = (key: string): string => key;
  let controlCalls = 0;
  // No message chose these keys, so none of them can be a single bad object.
  const distinct = (): string => `control call ${(controlCalls += 1)}`;
  // Evidence needs other permissions, so a success with these objects says nothing about evidence.
  const noProof = (): boolean => false;

  return {
    get isOpen() {
      return state.kind === 'open';
    },
    get refusedBy() {
      return state.kind === 'open' ? state.refusedBy : undefined;
    },
    async pass(signal) {
      while (state.kind === 'open' && !signal.aborted) await settledOrAborted(state.ended.promise, signal);
    },
    admit: () => state.kind === 'closed',
    watched: (bucket) => ({
      ...bucket,
      // An object that existed was not written, so it does not show that a write is possible.
      copy: watch(
        'copy',
        bucket.copy,
        ({ isolationKey }) => isolationKey,
        ({ kind }) => kind === 'copied',
        isOurs,
      ),
      put: watch('put', bucket.put, first, (answer) => answer === 'written'),
      head: watch('read', bucket.head, first),
      get: watch('read', bucket.get, first),
      list: watch('list', bucket.list, first),
      hash: watch('read', bucket.hash, first),
    }),
    watchedControl: ({ read, write }) => ({
      read: watch('read', read, distinct, noProof),
      write: watch('put', write, distinct, noProof),
    }),
    watchedConfirmer: ({ find }) => ({ find: watch('confirm', find, first) }),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
