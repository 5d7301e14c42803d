import type { SmallCall } from '../core/isolation-bucket.ts';

/**
 * The kind of call that a message needs. A success of one kind says nothing about another kind, because they
 * need other permissions.
 */
export type Need = 'copy' | 'confirm' | `${SmallCall['call']} of ${string}`;

/** Each folder can have permissions of its own, and so can pause, budget and limits. So each of them is counted apart. */
export function needOf({ call, key }: SmallCall): Need {
  const [folder = '', kind = folder] = key.split('/');
  return `${call} of ${folder === 'control' ? kind : folder}`;
}

/** Isolation faults in a row, counted apart for each kind of call. */
export interface Refusals {
  /** Counts a fault, and returns whether there are enough of them in a row. */
  add(need: Need, key: string): boolean;
  areEnough(need: Need): boolean;
  /** A success ends the row. */
  forget(need: Need): void;
}

/** The keys distinguish a single bad object from a fault of the isolation side. */
const enough = { refusals: 5, keys: 2 };

export function createRefusals(): Refusals {
  const rows = new Map<Need, { count: number; readonly keys: Set<string> }>();
  const areEnough = (need: Need): boolean => {
    const row = rows.get(need);
    return row !== undefined && row.count >= enough.refusals && row.keys.size >= enough.keys;
  };
  return {
    add(need, key) {
      const row = rows.get(need) ?? { count: 0, keys: new Set() };
      rows.set(need, row);
      row.count += 1;
      // Two keys say enough. More of them would grow without bound while copies of one bucket are refused.
      if (row.keys.size < enough.keys) row.keys.add(key);
      return areEnough(need);
    },
    areEnough,
    forget: (need) => void rows.delete(need),
  };
}
