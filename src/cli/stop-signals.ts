const stopSignals = ['SIGTERM', 'SIGINT'] as const;
export type StopSignal = (typeof stopSignals)[number];

/** Before any work has begun, the process can exit at once. */
let stop: (signal: StopSignal) => void = () => process.exit(0);
let isListening = false;

/**
 * Must be called before any other module is loaded. Without a listener a signal kills the process, or is lost
 * if the process is the first process of its container.
 */
export function listenForStop(): void {
  if (isListening) return;
  isListening = true;
  for (const signal of stopSignals) process.on(signal, () => stop(signal));
}

export function onStop(listener: (signal: StopSignal) => void): void {
  stop = listener;
}
