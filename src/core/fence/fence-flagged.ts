import { isReleased } from '../evidence/release-records.ts';
import type { Fence, Fenced } from '../fences.ts';
import type { Finding } from '../finding.ts';
import type { Ports } from '../ports.ts';
import type { ListedVersion } from '../source-buckets.ts';
import { lookForFlagged } from './flagged-version.ts';
import { putFence } from './put-fence.ts';
import type { FlaggedVersion } from './tag-and-look.ts';

/** A fence, and whether this call put it. */
export interface Fencing extends Fenced {
  readonly isNew: boolean;
}

export interface FenceTry {
  /** Absent if there is nothing to fence: the flagged bytes are not there, or a person released them. */
  readonly fence?: Fencing;
  /** The flagged version. Absent if it was not found. */
  readonly version?: FlaggedVersion;
  /** The versions of the key as they were seen. Absent if they may not be listed. */
  readonly listed?: readonly ListedVersion[];
}

/**
 * Fences the flagged version, and nothing else. Throws `RetryableError`; it can be repeated from any point.
 */
export async function fenceFlagged(finding: Finding, ports: Ports): Promise<FenceTry> {
  const { fencing, isolationBucket, sourceBuckets, clock } = ports;
  if (fencing === undefined) return {};
  const { object } = finding;
  const { found, listed } = await lookForFlagged(object, sourceBuckets);
  if (found === undefined) return listed ? { listed } : {};
  if (found === 'unknown') {
    ports.observer.fenceDone(finding, 'open', false);
    return { fence: { ...openFence(ports), isNew: false } };
  }
  const { mayBeSame, version } = found;
  const look = { version, ...(listed && { listed }) };
  const seen = (fence: Fence, isNew: boolean): FenceTry => {
    ports.observer.fenceDone(finding, fence, isNew);
    const unfencedVersions = mayBeSame === 'unknown' ? [] : mayBeSame;
    return { fence: { fence, isNew, at: clock(), unfencedVersions }, ...look };
  };
  const put = await putFence(finding, version, {
    ...ports,
    tags: fencing.tags,
    isReleased: () => isReleased(object, version, isolationBucket),
  });
  switch (put.kind) {
    case 'gone':
    case 'released':
      return look;
    case 'open':
    case 'no-room':
      return seen(put.kind, false);
    case 'tagged': {
      // Versions that may not be listed may hold the same bytes, so the bytes are not known to be out of reach.
      const fence = mayBeSame === 'unknown' ? 'tagged' : await fenceOf('tagged', finding, ports);
      return { ...seen(fence, put.isNew), ...(put.listed && { listed: put.listed }) };
    }
  }
}

/** The fence of an object of which nobody could learn whether the tag is there. */
export function openFence({ clock }: Pick<Ports, 'clock'>): Fenced {
  return { fence: 'open', at: clock(), unfencedVersions: [] };
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
