import { onTestFinished, vi } from 'vitest';

/** Stops the clock of this process at noon (UTC) until the test ends, so that no day ends while the test runs. */
export function stopClockAtNoon(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date().setUTCHours(12, 0, 0, 0) });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}
