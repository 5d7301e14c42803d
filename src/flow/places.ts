import { type Bulkhead, createBulkhead } from './bulkhead.ts';
import { type CallHealth, createCallHealth } from './call-health.ts';

/** Where a flagged object is. Accounts are kept apart, and so are the buckets of an account. */
export interface Place {
  readonly accountId: string;
  readonly bucket: string;
}

export type BucketBulkhead = Bulkhead<CallHealth> & { readonly account: Bulkhead };

/** The bulkheads of all places that were used, by account id and by `<account id>/<bucket>`. */
export interface Places {
  readonly accounts: ReadonlyMap<string, Bulkhead>;
  readonly buckets: ReadonlyMap<string, BucketBulkhead>;
  use(place: Place): BucketBulkhead;
}

/** Findings name accounts and buckets, so their number is bounded. The least recently used places are dropped. */
const maximumPlaces = 2_000;

export function createPlaces(now: () => number): Places {
  const accounts = new Map<string, Bulkhead>();
  const buckets = new Map<string, BucketBulkhead>();

  const bucketsOf = new Map<string, Set<BucketBulkhead>>();

  /** The calls of an account are those of its buckets, without slowed buckets: their trouble is their own. */
  const healthOf = (accountId: string) => {
    const own = () =>
      [...(bucketsOf.get(accountId) ?? [])].flatMap(({ health, slowed }) => (slowed ? [] : health));
    const sum = (field: 'trouble' | 'overdue' | 'waiting' | 'well') =>
      own().reduce((total, health) => total + health[field], 0);
    return {
      get trouble() {
        return sum('trouble');
      },
      get overdue() {
        return sum('overdue');
      },
      get waiting() {
        return sum('waiting');
      },
      get well() {
        return sum('well');
      },
      forget() {
        for (const health of own()) health.forget();
      },
    };
  };

  return {
    accounts,
    buckets,
    use({ accountId, bucket: bucketName }) {
      const account = accounts.get(accountId) ?? createBulkhead(healthOf(accountId), now());
      const name = `${accountId}/${bucketName}`;
      const bucket = buckets.get(name) ?? { ...createBulkhead(createCallHealth(now), now()), account };
      moveToEnd(accounts, accountId, account);
      moveToEnd(buckets, name, bucket);
      account.lastUsedMs = now();
      bucket.lastUsedMs = now();
      bucketsOf.set(accountId, (bucketsOf.get(accountId) ?? new Set()).add(bucket));
      dropOldest(buckets, (unused, ofAccount) => {
        if (unused.inWork > 0 || unused.health.pending > 0) return false;
        bucketsOf.get(ofAccount)?.delete(unused);
        return true;
      });
      dropOldest(
        accounts,
        ({ inWork }, id) => inWork === 0 && bucketsOf.get(id)?.size === 0 && bucketsOf.delete(id),
      );
      return bucket;
    },
  };
}

/** The order of such a map is the order of use. */
function moveToEnd<Value>(map: Map<string, Value>, name: string, value: Value): void {
  map.delete(name);
  map.set(name, value);
}

function dropOldest<Value>(
  map: Map<string, Value>,
  drop: (value: Value, accountId: string) => boolean,
): void {
  const [oldest] = map;
  if (map.size <= maximumPlaces || !oldest) return;
  const [name, value] = oldest;
  if (drop(value, name.split('/')[0] ?? '')) map.delete(name);
}
