import { RetryableError } from '../core/errors.ts';
import type { IsolationBudget } from '../core/isolation-budget.ts';
import type { Closed, Valve, ValveState } from '../core/valve/valve.ts';
import type { Gate } from './gate.ts';
import { settledOrAborted } from './settled-or-aborted.ts';

export interface ValveEvents {
  /** No message is received from now on. Called again if the cause changes. */
  paused(why: Closed): void;
  /** Called at every refresh while the cause stays the same. */
  stillPaused(why: Closed): void;
  resumed(): void;
  valveRead(state: ValveState): void;
  /** Both objects were read. */
  valveAnswered(): void;
  /** The objects could not be read, or S3 has not answered yet: the last known state applies. */
  valveUnreadable(error: unknown): void;
}

export interface ValveGate extends Gate, IsolationBudget {
  /** Reads the valve now, and then every 15 s. */
  start(): void;
  /** Gives back the leased units. */
  stop(): Promise<void>;
}

/** Keeps the valve up to date, and lets no message be received while it is closed. */
export function createValveGate(
  valve: Valve,
  events: ValveEvents,
  { refreshEveryMs = 15_000 }: { readonly refreshEveryMs?: number | undefined } = {},
): ValveGate {
  let timer: NodeJS.Timeout | undefined;
  let refreshing: Promise<void> | undefined;
  let stopped = false;
  let reported: Closed['by'] | undefined;
  let opened = Promise.withResolvers<void>();

  /** Wakes the callers that wait for an open valve, and reports a changed state. */
  const look = (): void => {
    const why = valve.closed;
    events.valveRead(valve);
    if (why === undefined) {
      opened.resolve();
      opened = Promise.withResolvers();
    }
    if (why?.by === reported) {
      if (why !== undefined) events.stillPaused(why);
      return;
    }
    reported = why?.by;
    if (why === undefined) events.resumed();
    else events.paused(why);
  };
  const refresh = (): Promise<void> => {
    refreshing ??= valve
      .refresh()
      .then(() => events.valveAnswered())
      .catch((error: unknown) => events.valveUnreadable(error))
      .finally(() => {
        refreshing = undefined;
        look();
      });
    return refreshing;
  };
  const repeat = async (): Promise<void> => {
    // The calls to a store that does not answer end after minutes, and an alarm must not wait for that.
    const waiting = setInterval(() => events.valveUnreadable(noAnswer()), refreshEveryMs).unref();
    await refresh();
    clearInterval(waiting);
    if (!stopped) timer = setTimeout(() => void repeat(), refreshEveryMs).unref();
  };

  /** A pause ends by the clock, but whoever waits passes only after the next look. */
  const admit = (): boolean => valve.closed === undefined && reported === undefined;

  return {
    admit,
    async pass(signal) {
      while (!admit() && !signal.aborted) await settledOrAborted(opened.promise, signal);
    },
    start: () => void repeat(),
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await refreshing;
      await valve.drain().catch((error: unknown) => events.valveUnreadable(error));
    },
    async take() {
      const unit = await valve.take();
      // This finding may have spent the budget. The refresh alerts people now, and not only at the next
      // interval.
      if (unit === undefined && reported === undefined && !stopped) void refresh();
      look();
      return unit;
    },
  };
}

function noAnswer(): RetryableError {
  return new RetryableError('NoAnswer', 'S3 has not answered yet');
}
