import { errorCode, IsolationFaultError } from '../core/errors.ts';
import type { ObjectAddress } from '../core/finding.ts';
import type { FindingsConfirmer } from '../core/findings-confirmer.ts';
import type { IsolationBucket } from '../core/isolation-bucket.ts';
import type { ControlObjects } from '../core/valve/control-objects.ts';
import type { Gate } from './gate.ts';
import { controlNeed, createRefusals, type Need } from './refusals.ts';
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
  /** Copies are refused, but the isolation side takes the probe: the cause lies at the source of the last one. */
  sourceSuspected(code: string, source: ObjectAddress): void;
}

export interface CircuitOptions {
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

interface Halt {
  readonly code: string;
  readonly refusedBy: RefusedBy;
  readonly since: Date;
  readonly ended: PromiseWithResolvers<void>;
  alerted: boolean;
}

/** For this time a probe that succeeded answers for all copies that are refused. */
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
  let clearedUntilMs = 0;

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
      await probe(open.since);
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
  const begin = (code: string, refusedBy: RefusedBy, since: Date): void => {
    halt = { code, refusedBy, since, ended: Promise.withResolvers(), alerted: false };
    events.opened(code, refusedBy);
    void alertOnce(halt);
    probeLater(halt);
  };
  const suspect = async (code: string, source: ObjectAddress): Promise<void> => {
    if (isSuspecting || performance.now() < clearedUntilMs) return;
    isSuspecting = true;
    const since = new Date();
    const isTaken = await probe(since).then(
      () => true,
      () => false,
    );
    isSuspecting = false;
    // A copy may have succeeded in the meantime, or another kind of call may have begun a halt.
    if (halt || stopped || !refusals.areEnough('copy')) return;
    if (!isTaken) return begin(code, 'isolation-side', since);
    clearedUntilMs = performance.now() + clearedForMs;
    refusals.forget('copy');
    events.sourceSuspected(code, source);
  };
  const refused = (need: Need, key: string, code: string, source: ObjectAddress | undefined): void => {
    if (halt || stopped || !refusals.add(need, key)) return;
    if (source) void suspect(code, source);
    else begin(code, need === 'confirm' ? 'macie' : 'isolation-side', new Date());
  };
  /** During a halt only the probe can end it, because a call that began earlier may still succeed. */
  const wentWell = (need: Need): void => {
    if (halt === undefined) refusals.forget(need);
  };
  const watch =
    <Arguments extends unknown[], Answer>(
      need: Need,
      call: (...input: Arguments) => Promise<Answer>,
      keyOf: (...input: Arguments) => string,
      isProof: (answer: Answer) => boolean = () => true,
      sourceOf: (...input: Arguments) => ObjectAddress | undefined = () => undefined,
    ) =>
    async (...input: Arguments): Promise<Answer> => {
      try {
        const answer = await call(...input);
        if (isProof(answer)) wentWell(need);
        return answer;
      } catch (error) {
        if (error instanceof IsolationFaultError)
          refused(need, keyOf(...input), errorCode(error), sourceOf(...input));
        throw error;
      }
    };
  const first = (key: string): string => key;
  let controlCalls = 0;
  // No message chose these keys, so none of them can be a single bad object.
  const distinct = (): string => `control call ${(controlCalls += 1)}`;
  const isWritten = ({ kind }: { readonly kind: string }): boolean => kind === 'written';

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
    watched: (bucket) => ({
      ...bucket,
      // An object that existed was not written, so it does not show that a write is possible.
      copy: watch(
        'copy',
        bucket.copy,
        ({ isolationKey }) => isolationKey,
        ({ kind }) => kind === 'copied',
        ({ from }) => from,
      ),
      put: watch('put', bucket.put, first, (answer) => answer === 'written'),
      head: watch('read', bucket.head, first),
      get: watch('read', bucket.get, first),
      list: watch('list', bucket.list, first),
      hash: watch('read', bucket.hash, first),
    }),
    watchedControl: ({ read, write }) => ({
      read: (key) => watch(controlNeed('read', key), read, distinct)(key),
      write: (key, ...what) => watch(controlNeed('put', key), write, distinct, isWritten)(key, ...what),
    }),
    watchedConfirmer: ({ find }) => ({ find: watch('confirm', find, first) }),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
