import type { BucketCall } from '../core/isolation-bucket.ts';

/**
 * The kind of call that a message needs. A success of one kind says nothing about another kind, because they
 * need other permissions.
 */
export type Need = 'confirm' | `${BucketCall['call']} of ${string}`;

/** Each folder can have permissions of its own, and so can pause, budget and limits. So each of them is counted apart. */
export function needOf({ call, key }: BucketCall): Need {
  const [folder = '', kind = folder] = key.split('/');
  return `${call} of ${folder === 'control' ? kind : folder}`;
}

/** Isolation faults in a row, counted apart for each kind of call. A fault counts for a day. */
export interface Refusals {
  /** Counts a fault, and returns whether there are enough of them in a row. */
  add(need: Need, key: string): boolean;
  areEnough(need: Need): boolean;
  /** A success ends the row. */
  forget(need: Need): void;
}

/** The keys distinguish a single bad object from a fault of the isolation side. */
const enough = { refusals: 5, keys: 2 };

/**
 * A finding that meets a lasting fault comes round for half a day, until it is parked. In a day the refusals of two such
 * findings add up, also where one follows the other. An older refusal is of a fault that has ended: in a folder that is
 * rarely used no success ends its row.
 */
const countsForMs = 24 * 3_600_000;

/** The latest refusals of a row. No more are kept than are enough, since a row can go on for days. */
interface Row {
  readonly atMs: readonly number[];
  /** When each key was last refused, the latest key last. */
  readonly keys: Map<string, number>;
}

export function createRefusals(nowMs = (): number => performance.now()): Refusals {
  const rows = new Map<Need, Row>();
  const areEnough = (need: Need): boolean => {
    const row = rows.get(need);
    if (row === undefined) return false;
    const counts = (atMs: number) => nowMs() - atMs < countsForMs;
    const keys = [...row.keys.values()].filter(counts);
    return row.atMs.filter(counts).length >= enough.refusals && keys.length >= enough.keys;
  };
  return {
    add(need, key) {
      const { atMs, keys } = rows.get(need) ?? { atMs: [], keys: new Map() };
      rows.set(need, { atMs: [...atMs, nowMs()].slice(-enough.refusals), keys });
      keys.delete(key);
      keys.set(key, nowMs());
      const [oldest = key] = keys.keys();
      if (keys.size > enough.keys) keys.delete(oldest);
      return areEnough(need);
    },
    areEnough,
    forget: (need) => void rows.delete(need),
  };
}
