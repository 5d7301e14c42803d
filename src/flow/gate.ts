/** Whether messages may be received now. */
export interface Gate {
  /** Resolves when messages may be received, or when the signal is aborted. */
  pass(signal: AbortSignal): Promise<void>;
  /** Whether received messages may be handled. Otherwise they are handed back. */
  admit(): boolean;
}

/** Joins gates: the joint gate is open while all of them are open. */
export function allOf(gates: readonly Gate[]): Gate {
  const admit = () => gates.every((gate) => gate.admit());
  return {
    admit,
    async pass(signal) {
      // While the worker waits for one gate, another gate may shut.
      while (!admit() && !signal.aborted) for (const gate of gates) await gate.pass(signal);
    },
  };
}
