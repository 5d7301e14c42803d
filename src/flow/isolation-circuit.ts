import type { ObjectAddress } from '../core/finding.ts';
import type { BucketCall } from '../core/isolation-bucket.ts';
import type { Gate } from './gate.ts';
import { createRefusals, type Need } from './refusals.ts';
import { settledOrAborted } from './settled-or-aborted.ts';
import { createWatch, type Watch, type Watched } from './watch.ts';

/** Who refuses a call that every message needs: the isolation side, or Macie, which is asked about findings. */
export type RefusedBy = 'isolation-side' | 'macie';

export interface CircuitEvents {
  /** A halt begins. `code` is the error code of the last isolation fault. */
  opened(code: string, refusedBy: RefusedBy): void;
  closed(): void;
  /** Called until it succeeds once for each halt. */
  alertPeople(code: string, refusedBy: RefusedBy): Promise<unknown>;
  probeFailed(error: unknown): void;
  /** Copies are refused, but the isolation side takes the probe: the cause lies at the source of the last one. */
  sourceSuspected(code: string, source: ObjectAddress): void;
}

export interface CircuitOptions {
  /**
   * Makes the calls that messages need at the isolation side. Rejects if a call is refused. `since` is the
   * start of the halt, and `refused` the call that began it, if that was no question to Macie.
   */
  readonly probe: (since: Date, refused: BucketCall | undefined) => Promise<void>;
  readonly tryEveryMs?: number;
}

export interface IsolationCircuit extends Gate, Watch {
  readonly isOpen: boolean;
  /** Absent while the circuit is closed. */
  readonly refusedBy: RefusedBy | undefined;
  stop(): void;
}

interface Halt {
  readonly code: string;
  readonly refusedBy: RefusedBy;
  readonly since: Date;
  /** Absent if questions to Macie are refused. */
  readonly refused: BucketCall | undefined;
  readonly ended: PromiseWithResolvers<void>;
  alerted: boolean;
}

/** For this time a probe that succeeded answers for all copies that are refused in its folder. */
const clearedForMs = 300_000;

/**
 * When the isolation side (bucket, key, role) is at fault, every message would fail, come back, and finally
 * be parked. So after five isolation faults in a row, the worker receives nothing until a probe succeeds. The
 * probe needs no message, so every worker finds out for itself that the fault is repaired. Errors of the
 * source or of the network are no isolation faults.
 *
 * A copy can also be refused for a reason of its source bucket or account, which must not stop the others. So
 * before copies halt a worker, the isolation side is probed: a halt begins only if it refuses the probe too.
 */
export function createIsolationCircuit(events: CircuitEvents, options: CircuitOptions): IsolationCircuit {
  const { probe, tryEveryMs = 60_000 } = options;
  let refusals = createRefusals();
  let halt: Halt | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let isSuspecting = false;
  const clearedUntilMs = new Map<Need, number>();

  const alertOnce = async (open: Halt): Promise<void> => {
    if (open.alerted) return;
    open.alerted = true;
    await events.alertPeople(open.code, open.refusedBy).catch(() => {
      open.alerted = false;
    });
  };
  const probeLater = (open: Halt): void => {
    if (!stopped) timer = setTimeout(() => void tryAgain(open), tryEveryMs).unref();
  };
  const tryAgain = async (open: Halt): Promise<void> => {
    try {
      await probe(open.since, open.refused);
    } catch (error) {
      if (stopped) return;
      events.probeFailed(error);
      void alertOnce(open);
      return probeLater(open);
    }
    halt = undefined;
    refusals = createRefusals();
    open.ended.resolve();
    events.closed();
  };
  const begin = (code: string, refusedBy: RefusedBy, since: Date, refused?: BucketCall): void => {
    halt = { code, refusedBy, since, refused, ended: Promise.withResolvers(), alerted: false };
    events.opened(code, refusedBy);
    void alertOnce(halt);
    probeLater(halt);
  };
  const suspect = async ({ made, need }: Watched, code: string, source: ObjectAddress): Promise<void> => {
    if (isSuspecting || performance.now() < (clearedUntilMs.get(need) ?? 0)) return;
    isSuspecting = true;
    const since = new Date();
    const isTaken = await probe(since, made).then(
      () => true,
      () => false,
    );
    isSuspecting = false;
    // A copy may have succeeded in the meantime, or another kind of call may have begun a halt.
    if (halt || stopped || !refusals.areEnough(need)) return;
    if (!isTaken) return begin(code, 'isolation-side', since, made);
    clearedUntilMs.set(need, performance.now() + clearedForMs);
    refusals.forget(need);
    events.sourceSuspected(code, source);
  };
  const refused = (call: Watched, code: string): void => {
    const { need, key, made, source } = call;
    if (halt || stopped || !refusals.add(need, key)) return;
    if (source) void suspect(call, code, source);
    else begin(code, need === 'confirm' ? 'macie' : 'isolation-side', new Date(), made);
  };
  /** During a halt only the probe can end it, because a call that began earlier may still succeed. */
  const wentWell = (need: Need): void => {
    if (halt === undefined) refusals.forget(need);
  };
  return {
    get isOpen() {
      return halt !== undefined;
    },
    get refusedBy() {
      return halt?.refusedBy;
    },
    async pass(signal) {
      for (let open = halt; open && !signal.aborted; open = halt)
        await settledOrAborted(open.ended.promise, signal);
    },
    admit: () => halt === undefined,
    ...createWatch({ refused, wentWell }),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
