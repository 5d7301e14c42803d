/** Whether messages may be received now. */
export interface Gate {
  /** Resolves when they may, or when the signal is aborted. */
  pass(signal: AbortSignal): Promise<void>;
  /** Whether what was received may be worked on; else it is handed back. */
  admit(): boolean;
}

/** Open while all of them are. */
export function allOf(gates: readonly Gate[]): Gate {
  const admit = () => gates.every((gate) => gate.admit());
  return {
    admit,
    async pass(signal) {
      // While the one is waited for another may shut.
      while (!admit() && !signal.aborted) for (const gate of gates) await gate.pass(signal);
    },
  };
}
