import type { Observer, Step } from './ports.ts';

/** Runs one step and tells the observer how long it took, whether it went well or not. */
export async function timed<Result>(
  ports: { readonly clock: () => Date; readonly observer: Observer },
  step: Step,
  run: () => Promise<Result>,
): Promise<Result> {
  const startedAt = ports.clock().getTime();
  try {
    return await run();
  } finally {
    ports.observer.stepDone(step, (ports.clock().getTime() - startedAt) / 1000);
  }
}
