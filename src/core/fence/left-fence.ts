import type { Fenced } from '../fences.ts';
import type { Finding } from '../finding.ts';
import type { IsolationResult } from '../isolation.ts';
import type { OutcomeName } from '../outcome.ts';
import type { Ports } from '../ports.ts';
import type { ListedVersion } from '../source-buckets.ts';
import { fenceOf } from './fence-flagged.ts';
import { findFenceOf } from './find-fence.ts';

const keepsObject: ReadonlySet<OutcomeName> = new Set([
  'alerted',
  'dry_run',
  'held',
  'ignored',
  'refused',
  'retained',
]);

/** Returns the fence that an earlier handling of this finding put on the flagged object. */
export async function findFenceLeft(
  finding: Finding,
  listed: readonly ListedVersion[] | undefined,
  ports: Ports,
): Promise<Fenced | undefined> {
  const found = await findFenceOf(finding, ports, listed);
  if (found === undefined) return undefined;
  const { mayBeSame } = found;
  const isKnown = mayBeSame !== 'unknown';
  return {
    fence: isKnown ? await fenceOf('tagged', finding, ports) : 'tagged',
    at: ports.clock(),
    unfencedVersions: isKnown ? mayBeSame : [],
  };
}

/**
 * An object may have been fenced before its copy failed, and the setting, the policy or the mode may have changed since. The
 * fence stays until a person lifts it, and record and alert tell of it.
 */
export function withFenceLeft(result: IsolationResult, left: Fenced | undefined): IsolationResult {
  const { fence, outcome } = result;
  return left === undefined || fence !== undefined || !keepsObject.has(outcome.name)
    ? result
    : { ...result, fence: left };
}
