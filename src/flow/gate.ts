/** Whether messages may be received now. */
export interface Gate {
  /** Resolves when they may, or when the signal is aborted. */
  pass(signal: AbortSignal): Promise<void>;
  /** Whether what was received may be worked on; else it is handed back. */
  admit(): boolean;
}
