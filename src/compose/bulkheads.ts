import type { CalledPlace } from '../aws/sdk/called-place.ts';
import type { Config } from '../config/config.ts';
import type { ObjectAddress } from '../core/finding.ts';
import { type Bulkheads, createBulkheads } from '../flow/bulkheads.ts';
import type { CallEnd } from '../flow/call-health.ts';
import type { Events } from '../telemetry/events.ts';

/** Composes the bulkheads. Calls to the isolation bucket concern all accounts, and belong to no place. */
export function composeBulkheads(config: Config, events: Events, changed: () => void) {
  const bulkheads: Bulkheads = createBulkheads(config.concurrency, {
    slowed(accountId, bucket) {
      events.placeSlowed(accountId, bucket, bulkheads.slowedAccounts);
      changed();
    },
    recovered(accountId, bucket) {
      events.placeRecovered(accountId, bucket, bulkheads.slowedAccounts);
      changed();
    },
    changed,
  });
  const isSource = (place: CalledPlace | undefined): place is CalledPlace =>
    place !== undefined && place.bucket !== config.isolationBucket;
  return {
    enter: (place: ObjectAddress) => bulkheads.enter(place),
    stop: () => bulkheads.stop(),
    held: () => bulkheads.held,
    called: (place: CalledPlace | undefined, mayBeLong: boolean): ((end: CallEnd) => void) | undefined =>
      isSource(place) ? bulkheads.called(place, mayBeLong) : undefined,
    isSlowed: (place: CalledPlace | undefined) => isSource(place) && bulkheads.isSlowed(place),
  };
}
