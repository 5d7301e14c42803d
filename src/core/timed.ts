import type { Observer, Step } from './observer.ts';

/** Runs a step and reports its duration to the observer, whether or not it succeeded. */
export async function timed<Result>(
  ports: { readonly clock: () => Date; readonly observer: Observer },
  step: Step,
  run: () => Promise<Result>,
): Promise<Result> {
  const startedAt = ports.clock().getTime();
  try {
    return await run();
  } catch (error) {
    ports.observer.stepFailed(step, error);
    throw error;
  } finally {
    ports.observer.stepDone(step, (ports.clock().getTime() - startedAt) / 1000);
  }
}
