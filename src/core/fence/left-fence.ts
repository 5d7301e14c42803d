import { RetryableError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { IsolationResult } from '../isolation.ts';
import type { OutcomeName } from '../outcome.ts';
import type { Ports } from '../ports.ts';
import { type FenceTry, fenceOf, openFence } from './fence-flagged.ts';
import { findFenceOf } from './find-fence.ts';
import { lookForFlagged } from './flagged-version.ts';

const keepsObject: ReadonlySet<OutcomeName> = new Set([
  'alerted',
  'dry_run',
  'held',
  'ignored',
  'refused',
  'retained',
]);

/**
 * An object may have been fenced before its copy failed, and the setting, the policy or the mode may have changed since. The
 * fence stays until a person lifts it, and record and alert tell of it. Call it last: what others do meanwhile must not make
 * it untrue. Throws `RetryableError` if the fence that was there is gone, unless nobody will handle the message again. A
 * look that fails then leaves the fence open, and does not hide how the handling ends.
 */
export async function findFenceLeft(
  result: IsolationResult,
  finding: Finding,
  ports: Ports,
  isLast: boolean,
): Promise<FenceTry> {
  const { fence, outcome } = result;
  if (fence !== undefined || !keepsObject.has(outcome.name)) return {};
  try {
    return await lookForFence(finding, ports, isLast);
  } catch (error) {
    if (!isLast) throw error;
    return { fence: { ...openFence(ports), isNew: false } };
  }
}

async function lookForFence(finding: Finding, ports: Ports, isLast: boolean): Promise<FenceTry> {
  const { listed } = await lookForFlagged(finding.object, ports.sourceBuckets);
  const found = await findFenceOf(finding, ports, listed);
  if (found === undefined) {
    if (isLast) return listed ? { listed } : {};
    throw new RetryableError('SourceInFlux', 'others took the fence away, or what was fenced');
  }
  const { mayBeSame } = found;
  const isKnown = mayBeSame !== 'unknown';
  const left = {
    fence: isKnown ? await fenceOf('tagged', finding, ports) : ('tagged' as const),
    isNew: false,
    at: ports.clock(),
    unfencedVersions: isKnown ? mayBeSame : [],
  };
  return { fence: left, ...(listed && { listed }) };
}
