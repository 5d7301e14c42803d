import { MacieError } from './macie-error.ts';

export type Json = Readonly<Record<string, unknown>>;

/** What an account has at Macie besides findings. Tests change it. */
export interface MacieAccount {
  status: 'ENABLED' | 'PAUSED' | 'DISABLED';
  readonly identifiers: Map<string, Json>;
  readonly jobs: Map<string, Json>;
  readonly filters: Map<string, Json>;
  readonly allowLists: Map<string, Json>;
  /** The account that administers Macie for this one. */
  administrator?: string;
  /** Automated discovery, and the buckets that it leaves out. */
  readonly discovery: { isEnabled: boolean; readonly excludedBuckets: string[] };
  /** The states that a job shows at the looks to come; the last one stays. */
  jobStates: readonly string[];
}

export function createMacieAccount(): MacieAccount {
  return {
    status: 'ENABLED',
    identifiers: new Map(),
    jobs: new Map(),
    filters: new Map(),
    allowLists: new Map(),
    discovery: { isEnabled: false, excludedBuckets: [] },
    jobStates: ['RUNNING', 'COMPLETE'],
  };
}

export interface Asked {
  readonly id: string;
  readonly input: Json;
  readonly account: MacieAccount;
  readonly now: Date;
}

/** An operation of the account, by method and path. */
export interface AccountOperation {
  readonly name: string;
  readonly method: 'DELETE' | 'GET' | 'POST';
  readonly path: RegExp;
  readonly perform: (asked: Asked) => Json;
}

/** A page holds two items, so that every reader must read on. */
export function pageOf(
  all: ReadonlyMap<string, Json>,
  { nextToken }: Json,
): { items: Json[]; nextToken?: string } {
  const start = Number(nextToken ?? 0);
  const items = [...all.values()].slice(start, start + 2);
  return { items, ...(start + 2 < all.size && { nextToken: String(start + 2) }) };
}

export function known(all: ReadonlyMap<string, Json>, id: string): Json {
  const found = all.get(id);
  if (found === undefined) throw new MacieError('ResourceNotFoundException', 'there is no such resource');
  return found;
}
