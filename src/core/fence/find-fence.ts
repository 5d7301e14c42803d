import { fenceTag } from '../fences.ts';
import type { Finding } from '../finding.ts';
import type { Ports } from '../ports.ts';
import type { ListedVersion } from '../source-buckets.ts';
import { unlessRefused } from '../unless-refused.ts';
import { type Found, findFlagged, flaggedIn } from './flagged-version.ts';

/** Finds the flagged version, if an earlier handling of this finding put the fence on it. Lists the key if nobody has. */
export async function findFenceOf(
  { id, object }: Finding,
  { fencing, sourceBuckets }: Pick<Ports, 'fencing' | 'sourceBuckets'>,
  listed?: readonly ListedVersion[],
): Promise<Found | undefined> {
  if (fencing === undefined) return undefined;
  const found = listed ? flaggedIn(listed, object) : await findFlagged(object, sourceBuckets);
  if (found === undefined || found === 'unknown') return undefined;
  const tags = await unlessRefused(fencing.tags.read(object, found.version.versionId), undefined);
  return tags?.some(([name, value]) => name === fenceTag && value === id) ? found : undefined;
}
