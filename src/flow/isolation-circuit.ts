import { errorCode, IsolationFaultError } from '../core/errors.ts';
import type { CopyRequest, IsolationBucket } from '../core/ports.ts';
import type { ControlObjects } from '../core/valve/control-objects.ts';
import type { Gate } from './gate.ts';

export interface CircuitEvents {
  /** The isolation side refuses; the code is the refusal's name. */
  opened(code: string): void;
  closed(): void;
  /** Called until it went well once for each opening. */
  tellPeople(code: string): Promise<unknown>;
  probeFailed(error: unknown): void;
}

export interface CircuitOptions {
  /**
   * Whether it is our own role that makes this copy. What a member account's role is refused may be that
   * account's doing, and must not hold up the others.
   */
  readonly isOurs: (request: CopyRequest) => boolean;
  /** Does at the isolation side what messages need of it; rejects where that is refused. `since`: the start of the halt. */
  readonly probe: (since: Date) => Promise<void>;
  readonly tryEveryMs?: number;
}

export interface IsolationCircuit extends Gate {
  readonly isOpen: boolean;
  /** The same bucket; what it refuses counts here. */
  watched(bucket: IsolationBucket): IsolationBucket;
  /** The same objects; that they are refused counts here too. */
  watchedControl(objects: ControlObjects): ControlObjects;
  stop(): void;
}

/** What a message needs of the bucket. A success of one says nothing of the others: they need other permissions. */
type Need = 'copy' | 'put' | 'read' | 'list';

/** In a row, without a success between. Their keys tell a poison object from a fault of the isolation side. */
interface Refusals {
  readonly count: number;
  readonly keys: ReadonlySet<string>;
}

type State =
  | { readonly kind: 'closed'; readonly refusals: Readonly<Record<Need, Refusals>> }
  | {
      readonly kind: 'open';
      readonly code: string;
      readonly since: Date;
      readonly ended: PromiseWithResolvers<void>;
      told: boolean;
    };

const opensAfter = { refusals: 5, keys: 2 };
const none: Refusals = { count: 0, keys: new Set() };
const closed = (): State => ({ kind: 'closed', refusals: { copy: none, put: none, read: none, list: none } });

/**
 * When the fault is ours (bucket, key, role), every message would fail, come back and in the end be parked.
 * So after five refusals in a row nothing is received until a probe went well. The probe needs no message,
 * so every worker finds out for itself that the fault is mended. Errors of the source or of the network are
 * no refusals.
 */
export function createIsolationCircuit(events: CircuitEvents, options: CircuitOptions): IsolationCircuit {
  const { isOurs, probe, tryEveryMs = 60_000 } = options;
  let state = closed();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const tell = async (open: State & { kind: 'open' }): Promise<void> => {
    if (open.told) return;
    open.told = true;
    await events.tellPeople(open.code).catch(() => {
      open.told = false;
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
      void tell(open);
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
      since: new Date(),
      ended: Promise.withResolvers<void>(),
      told: false,
    } as const satisfies State;
    state = open;
    events.opened(code);
    void tell(open);
    probeLater(open);
  };
  /** While it is open only the probe ends it: what began before may still go well. */
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
  // No message chose these keys: none of them can be the one that is poison.
  const distinct = (): string => `control call ${(controlCalls += 1)}`;
  // Evidence has other permissions, so that these may be read and written says nothing of it.
  const noProof = (): boolean => false;

  return {
    get isOpen() {
      return state.kind === 'open';
    },
    async pass(signal) {
      while (state.kind === 'open' && !signal.aborted) {
        const aborted = Promise.withResolvers<void>();
        const abort = () => aborted.resolve();
        signal.addEventListener('abort', abort, { once: true });
        await Promise.race([state.ended.promise, aborted.promise]);
        signal.removeEventListener('abort', abort);
      }
    },
    admit: () => state.kind === 'closed',
    watched: (bucket) => ({
      ...bucket,
      // What is there already was not written, so it does not show that it could be.
      copy: watch(
        'copy',
        bucket.copy,
        ({ toKey }) => toKey,
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
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
