/** Places for work. Each task has its own, so that a slow one holds up nobody else. */
export interface Slots {
  /** Those in which no task runs, whether or not they are reserved. */
  readonly free: number;
  readonly busy: number;
  /** Since when there has been a place to be had, by `performance.now()`. */
  readonly freeSinceMs: number | undefined;
  /** Starts at once. The task must not reject. */
  run(task: () => Promise<void>): void;
  /**
   * Sets places aside for messages that are to be received: as many as can be had, up to `most`. Resolves
   * when it is worth polling: with five places to be had (or all of fewer), else a moment after the first
   * came free. One receive for one message costs as much as one for ten.
   */
  reserve(most: number): Promise<Reservation>;
  /** To be called when their number has changed. */
  resized(): void;
  /** Resolves when no task runs. */
  idle(): Promise<void>;
}

export interface Reservation {
  readonly size: number;
  /** Once is enough. Tasks that are run in the same turn find their places. */
  release(): void;
}

const enoughFree = 5;
const gatherMs = 100;

/** Where `size` falls below what is busy, no place is to be had until enough work has ended. */
export function createSlots(size: () => number): Slots {
  let busy = 0;
  let reserved = 0;
  /** Since when there has been a place to be had. */
  let freeSinceMs: number | undefined = performance.now();
  let listeners: (() => void)[] = [];
  const left = () => size() - busy - reserved;
  const noteFree = () => {
    freeSinceMs = left() > 0 ? (freeSinceMs ?? performance.now()) : undefined;
  };
  const changed = () => new Promise<void>((resolve) => listeners.push(resolve));
  const tell = () => {
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
    const enough = () => left() >= Math.min(enoughFree, size());
    const restMs = gatherMs - (performance.now() - (freeSinceMs ?? performance.now()));
    if (enough() || restMs <= 0) return;
    let timer: NodeJS.Timeout | undefined;
    const moment = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, restMs);
    });
    // Who waits no longer must not be told for ever.
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
      release() {
        reserved -= held;
        held = 0;
        tell();
      },
    };
  };
  return {
    get free() {
      return Math.max(0, size() - busy);
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
      void task().finally(() => {
        busy -= 1;
        tell();
      });
    },
    async reserve(most) {
      // Another poller may have been quicker.
      do await worthPolling();
      while (left() <= 0);
      return setAside(Math.min(most, left()));
    },
    resized: tell,
    idle: () => until(() => busy === 0),
  };
}
