import { isReleased } from '../evidence/release-records.ts';
import type { Fence, Fenced } from '../fences.ts';
import type { Finding } from '../finding.ts';
import type { Ports } from '../ports.ts';
import { findFlagged } from './flagged-version.ts';
import { putFence } from './put-fence.ts';

/** A fence, and whether this call put it. */
export interface Fencing extends Fenced {
  readonly isNew: boolean;
}

/**
 * Fences the flagged version, and nothing else. Returns `undefined` if there is nothing to fence: the flagged bytes
 * are not there, or a person released them. Throws `RetryableError`; it can be repeated from any point.
 */
export async function fenceFlagged(finding: Finding, ports: Ports): Promise<Fencing | undefined> {
  const { fencing, isolationBucket, sourceBuckets, clock } = ports;
  if (fencing === undefined) return undefined;
  const { object } = finding;
  const found = await findFlagged(object, sourceBuckets);
  if (found === undefined) return undefined;
  const seen = (fence: Fence, isNew: boolean): Fencing => {
    ports.observer.fenceDone(finding, fence, isNew);
    const unfencedVersions = found === 'unknown' || found.mayBeSame === 'unknown' ? [] : found.mayBeSame;
    return { fence, isNew, at: clock(), unfencedVersions };
  };
  if (found === 'unknown') return seen('open', false);
  const put = await putFence(finding, found.version, {
    ...ports,
    tags: fencing.tags,
    isReleased: () => isReleased(object, found.version, isolationBucket),
  });
  switch (put.kind) {
    case 'gone':
    case 'released':
      return undefined;
    case 'open':
    case 'no-room':
      return seen(put.kind, false);
    case 'tagged': {
      // Versions that may not be listed may hold the same bytes, so the bytes are not known to be out of reach.
      const fence = found.mayBeSame === 'unknown' ? 'tagged' : await fenceOf('tagged', finding, ports);
      return seen(fence, put.isNew);
    }
  }
}

/** Returns the word for a version that was tagged, or was not. Only what is proved is called fenced. */
export async function fenceOf(
  tagged: 'tagged' | 'open' | 'no-room',
  { object }: Finding,
  { clock, fencing }: Ports,
): Promise<Fence> {
  if (tagged !== 'tagged') return tagged;
  return (await fencing?.proofs.isProved(object, clock())) ? 'fenced' : 'tagged';
}
