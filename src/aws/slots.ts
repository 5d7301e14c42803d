/** A fixed number of places for work. Each task has its own, so that a slow one holds up nobody else. */
export interface Slots {
  readonly free: number;
  readonly busy: number;
  /** Starts at once. The task must not reject. */
  run(task: () => Promise<void>): void;
  /**
   * Resolves when it is worth polling: with five places free (or all of fewer), else a moment after the
   * first came free. One receive for one message costs as much as one for ten.
   */
  worthPolling(): Promise<void>;
  /** Resolves when no task runs. */
  idle(): Promise<void>;
}

const enoughFree = 5;
const gatherMs = 100;

export function createSlots(size: number): Slots {
  let busy = 0;
  let listeners: (() => void)[] = [];
  const freed = () => new Promise<void>((resolve) => listeners.push(resolve));
  const until = async (condition: () => boolean) => {
    while (!condition()) await freed();
  };
  return {
    get free() {
      return size - busy;
    },
    get busy() {
      return busy;
    },
    run(task) {
      busy += 1;
      void task().finally(() => {
        busy -= 1;
        const waiting = listeners;
        listeners = [];
        for (const resolve of waiting) resolve();
      });
    },
    async worthPolling() {
      const enough = () => size - busy >= Math.min(enoughFree, size);
      await until(() => busy < size);
      if (enough()) return;
      let timer: NodeJS.Timeout | undefined;
      const moment = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, gatherMs);
      });
      await Promise.race([until(enough), moment]);
      clearTimeout(timer);
    },
    idle: () => until(() => busy === 0),
  };
}
