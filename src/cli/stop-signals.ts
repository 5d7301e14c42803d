const stopSignals = ['SIGTERM', 'SIGINT'] as const;
export type StopSignal = (typeof stopSignals)[number];

/** While nothing is in work yet there is nothing to wait for. */
let stop: (signal: StopSignal) => void = () => process.exit(0);
let isListening = false;

/**
 * To be called before anything else is loaded: without a listener a signal kills the process, or is lost where the
 * process is the first of its container.
 */
export function listenForStop(): void {
  if (isListening) return;
  isListening = true;
  for (const signal of stopSignals) process.on(signal, () => stop(signal));
}

export function onStop(listener: (signal: StopSignal) => void): void {
  stop = listener;
}
