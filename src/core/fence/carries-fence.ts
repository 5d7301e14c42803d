import { fenceTag } from '../fences.ts';
import type { Finding } from '../finding.ts';
import type { Ports } from '../ports.ts';
import { unlessRefused } from '../unless-refused.ts';
import { findFlagged } from './flagged-version.ts';

/** Whether an earlier handling of this finding put the fence. */
export async function carriesFenceOf(
  { id, object }: Finding,
  { fencing, sourceBuckets }: Pick<Ports, 'fencing' | 'sourceBuckets'>,
): Promise<boolean> {
  const found = await findFlagged(object, sourceBuckets);
  if (fencing === undefined || found === undefined || found === 'unknown') return false;
  const tags = await unlessRefused(fencing.tags.read(object, found.version.versionId), undefined);
  return tags?.some(([name, value]) => name === fenceTag && value === id) === true;
}
