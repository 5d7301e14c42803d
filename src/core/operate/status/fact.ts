import type { Asked } from './sources.ts';

export type FactName =
  | 'service'
  | 'readable'
  | 'parked'
  | 'not-told'
  | 'oldest-unfinished'
  | 'waiting'
  | 'queue-age'
  | 'budget-left'
  | 'workers'
  | 'isolated-today';

/** One line of the status. */
export interface Fact {
  readonly name: FactName;
  readonly state: 'wrong' | 'unknown' | 'fine';
  /** A count, seconds or a word; null if unknown. */
  readonly value: number | string | null;
  readonly text: string;
  /** The source was named and did not answer: that is a finding of a check by itself. */
  readonly isSilent?: true;
}

/** The limits beyond which a fact is wrong. */
export interface Thresholds {
  readonly maxAgeMs: number;
  readonly maxParked: number;
}

export function unknown(name: FactName, asked: Extract<Asked<unknown>, { readonly unknown: string }>): Fact {
  const silent = asked.isNotNamed ? {} : ({ isSilent: true } as const);
  return { name, state: 'unknown', value: null, text: asked.unknown, ...silent };
}
