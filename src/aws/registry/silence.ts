/** A call in which nothing moves for so long is ended, and tried again. */
export const longestSilenceMs = 300_000;

/** Calls `over` when the time is over. */
export type StartTimer = (
  ms: number,
  over: () => void,
) => { readonly refresh: () => void; readonly stop: () => void };

export interface Silence {
  /** Aborted when the call has been silent for too long. */
  readonly signal: AbortSignal;
  /** The same bytes. Each piece that is taken breaks the silence. */
  watched(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  readonly end: () => void;
}

const startTimeout: StartTimer = (ms, over) => {
  const timer = setTimeout(over, ms);
  return { refresh: () => void timer.refresh(), stop: () => clearTimeout(timer) };
};

/** Watches a call until it has an answer: it is silent while no piece of its body is taken. */
export function watchSilence(startTimer = startTimeout): Silence {
  const controller = new AbortController();
  const timer = startTimer(longestSilenceMs, () => controller.abort());
  return {
    signal: controller.signal,
    async *watched(body) {
      for await (const piece of body) {
        timer.refresh();
        yield piece;
      }
      timer.refresh();
    },
    end: timer.stop,
  };
}
