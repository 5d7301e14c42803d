/** Whether messages may be received now. */
export interface Gate {
  /** Resolves when they may, or when the signal is aborted. */
  pass(signal: AbortSignal): Promise<void>;
  /** Whether this one may be worked on; else it is handed back. While only one may be tried, asking takes that turn. */
  admit(): boolean;
  /** How many may be received at once. */
  readonly width: number;
}
