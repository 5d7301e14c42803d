import { setTimeout as pause } from 'node:timers/promises';
import { errorCode, IsolationFaultError } from '../core/errors.ts';
import type { CopyRequest, IsolationBucket } from '../core/ports.ts';
import type { Gate } from './gate.ts';

export interface CircuitEvents {
  /** The isolation side refuses; the code is the refusal's name. */
  opened(code: string): void;
  closed(): void;
  /** Called until it went well once for each opening. */
  tellPeople(code: string): Promise<unknown>;
}

export interface CircuitOptions {
  /**
   * Whether it is our own role that makes this copy. What a member account's role is refused may be that
   * account's doing, and must not hold up the others.
   */
  readonly isOurs: (request: CopyRequest) => boolean;
  readonly tryEveryMs?: number;
}

export interface IsolationCircuit extends Gate {
  readonly isOpen: boolean;
  /** The same bucket; what it refuses counts here. */
  watched(bucket: IsolationBucket): IsolationBucket;
}

const opensAfter = 5;

/** What is remembered for as long as the circuit is open. */
interface Opening {
  /** Wakes whoever waits for the next try. */
  wake: AbortController;
  nextTryMs: number;
  told: boolean;
}

/** What a message needs of the bucket. A success of one says nothing of the other: it may need another permission. */
type Need = 'copy' | 'put';

/**
 * When the fault is ours (bucket, key, role), every message would fail, come back and in the end be parked.
 * So after five refusals in a row nothing more is received but one message a minute, until one goes well.
 * An error of the source or of the network is no refusal.
 */
export function createIsolationCircuit(events: CircuitEvents, options: CircuitOptions): IsolationCircuit {
  const { isOurs, tryEveryMs = 60_000 } = options;
  const refusals: Record<Need, number> = { copy: 0, put: 0 };
  let open: Opening | undefined;

  const tell = async (opening: Opening, code: string): Promise<void> => {
    if (opening.told) return;
    opening.told = true;
    await events.tellPeople(code).catch(() => {
      opening.told = false;
    });
  };
  const refused = (need: Need, code: string): void => {
    refusals[need] += 1;
    if (open === undefined && refusals[need] < opensAfter) return;
    if (open === undefined) {
      open = { wake: new AbortController(), nextTryMs: 0, told: false };
      events.opened(code);
    }
    open.nextTryMs = performance.now() + tryEveryMs;
    void tell(open, code);
  };
  const wentWell = (need: Need): void => {
    refusals[need] = 0;
    if (open === undefined) return;
    const { wake } = open;
    if (Math.max(refusals.copy, refusals.put) < opensAfter) {
      open = undefined;
      events.closed();
    } else {
      // The other need is not known to be met, but what goes well need not wait: one at a time, at once.
      open.nextTryMs = 0;
      open.wake = new AbortController();
    }
    wake.abort();
  };
  const watch =
    <Arguments extends unknown[], Answer>(
      need: Need,
      call: (...input: Arguments) => Promise<Answer>,
      isWritten: (answer: Answer) => boolean,
      counts: (...input: Arguments) => boolean = () => true,
    ) =>
    async (...input: Arguments): Promise<Answer> => {
      try {
        const answer = await call(...input);
        if (isWritten(answer)) wentWell(need);
        return answer;
      } catch (error) {
        if (error instanceof IsolationFaultError && counts(...input)) refused(need, errorCode(error));
        throw error;
      }
    };

  return {
    get isOpen() {
      return open !== undefined;
    },
    get width() {
      return open === undefined ? Number.POSITIVE_INFINITY : 1;
    },
    async pass(signal) {
      for (;;) {
        if (open === undefined || signal.aborted) return;
        const waitMs = open.nextTryMs - performance.now();
        if (waitMs <= 0) return;
        const woken = AbortSignal.any([signal, open.wake.signal]);
        await pause(waitMs, undefined, { signal: woken }).catch(() => undefined);
      }
    },
    admit() {
      if (open === undefined) return true;
      if (performance.now() < open.nextTryMs) return false;
      open.nextTryMs = performance.now() + tryEveryMs;
      return true;
    },
    watched: (bucket) => ({
      ...bucket,
      // What is there already was not written, so it does not show that it could be.
      copy: watch('copy', bucket.copy, ({ kind }) => kind === 'copied', isOurs),
      put: watch('put', bucket.put, (answer) => answer === 'written'),
    }),
  };
}
