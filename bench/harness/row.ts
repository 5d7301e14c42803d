import type { Sampled } from './statistics.ts';

export type Reach = { readonly atLeast: number } | { readonly atMost: number };

/** One number of a row, with what it should reach; without one it is only printed. */
export interface Figure {
  readonly name: string;
  readonly value: Sampled;
  readonly reach?: Reach;
}

export interface RowResult {
  readonly figures: readonly Figure[];
  /** What the figures are made of, one sentence each. */
  readonly parts: readonly string[];
}

export interface Bench {
  /** Fewer and shorter runs: for a change in progress, not for the report. */
  readonly quick: boolean;
  readonly rounds: number;
  progress(text: string): void;
}

export interface Row {
  readonly number: number;
  readonly what: string;
  readonly against: string;
  run(bench: Bench): Promise<RowResult>;
}

/** A figure that is counted, not timed. */
export function counted(value: number): Sampled {
  return { median: value, spread: 0, samples: [value] };
}
