/** The slots for messages in work. Each task has a slot of its own, so that a slow task delays no other. */
export interface Slots {
  /** The slots in which no task runs, whether or not they are reserved. */
  readonly free: number;
  readonly busy: number;
  /** Since when a slot has been available, by `performance.now()`. */
  readonly freeSinceMs: number | undefined;
  /** Starts the task at once. The task must not reject. It may leave its slot before it ends. */
  run(task: (leave: () => void) => Promise<void>): void;
  /**
   * Reserves slots for messages that are about to be received: as many as are available, up to `most`.
   * Resolves when a poll is worthwhile: when five slots are available (or all slots, if there are fewer), or
   * a moment after the first became available. A receive of one message costs as much as a receive of ten.
   */
  reserve(most: number): Promise<Reservation>;
  /** Must be called when the limit has changed. */
  limitChanged(): void;
  /** Resolves when no task runs. */
  idle(): Promise<void>;
}

export interface Reservation {
  readonly size: number;
  /** Calling it again has no effect. Tasks that start in the same turn find the freed slots. */
  cancel(): void;
}

const enoughFree = 5;
const gatherMs = 100;

/** If the limit falls below the number of busy slots, no slot is available until enough tasks have ended. */
export function createSlots(limit: () => number): Slots {
  let busy = 0;
  let reserved = 0;
  /** Since when a slot has been available. */
  let freeSinceMs: number | undefined = performance.now();
  let listeners: (() => void)[] = [];
  const left = () => limit() - busy - reserved;
  const noteFree = () => {
    freeSinceMs = left() > 0 ? (freeSinceMs ?? performance.now()) : undefined;
  };
  const changed = () => new Promise<void>((resolve) => listeners.push(resolve));
  const wake = () => {
    noteFree();
    const waiting = listeners;
    listeners = [];
    for (const resolve of waiting) resolve();
  };
  const until = async (condition: () => boolean) => {
    while (!condition()) await changed();
  };
  const worthPolling = async () => {
    await until(() => left() > 0);
    const enough = () => left() >= Math.min(enoughFree, limit());
    const restMs = gatherMs - (performance.now() - (freeSinceMs ?? performance.now()));
    if (enough() || restMs <= 0) return;
    let timer: NodeJS.Timeout | undefined;
    const moment = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, restMs);
    });
    // A caller that no longer waits must not stay among the listeners.
    let isOver = false;
    await Promise.race([until(() => isOver || enough()), moment]);
    isOver = true;
    clearTimeout(timer);
  };
  const setAside = (count: number): Reservation => {
    let held = count;
    reserved += held;
    noteFree();
    return {
      size: count,
      cancel() {
        reserved -= held;
        held = 0;
        wake();
      },
    };
  };
  return {
    get free() {
      return Math.max(0, limit() - busy);
    },
    get busy() {
      return busy;
    },
    get freeSinceMs() {
      return freeSinceMs;
    },
    run(task) {
      busy += 1;
      noteFree();
      let hasLeft = false;
      const leave = () => {
        if (hasLeft) return;
        hasLeft = true;
        busy -= 1;
        wake();
      };
      void task(leave).finally(leave);
    },
    async reserve(most) {
      // Another poller may have been faster.
      do await worthPolling();
      while (left() <= 0);
      return setAside(Math.min(most, left()));
    },
    limitChanged: wake,
    idle: () => until(() => busy === 0),
  };
}
