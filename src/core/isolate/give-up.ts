import { findAnyCopy } from '../copy/find-copy-by-etag.ts';
import { findVerifiedCopy } from '../copy/found-copy.ts';
import { errorCode } from '../errors.ts';
import type { Finding } from '../finding.ts';
import { type IsolatedCopy, type IsolationResult, type Removal, sourceOf } from '../isolation.ts';
import type { Ports } from '../ports.ts';
import { nothingRemoved } from '../remove/plan-removal.ts';
import type { ListedVersion } from '../source-buckets.ts';
import { isNullVersion } from '../version-id.ts';

export async function findCopy(finding: Finding, ports: Ports): Promise<IsolatedCopy | undefined> {
  const found = await findVerifiedCopy(finding.object, ports.isolationBucket);
  return found.kind === 'verified' ? found.copy : undefined;
}

/** As `markerOverObject`, if there is a copy: before it copied, no handling put a marker. */
export async function markerLeftOver(finding: Finding, ports: Ports): Promise<Removal | undefined> {
  return (await findCopy(finding, ports)) && markerOverObject(finding, ports);
}

/**
 * An earlier delivery may have died after its delete marker, under which the object stays. Then the marker is
 * named.
 */
export async function markerOverObject(finding: Finding, ports: Ports): Promise<Removal | undefined> {
  return unlessBare(await remainingAtSource(finding, ports));
}

/** As `markerOverObject`, from a listing that was made. */
export function markerListed(listed: readonly ListedVersion[]): Removal | undefined {
  return unlessBare(remainingOf(listed));
}

function unlessBare(left: Removal | undefined): Removal | undefined {
  return left?.markerVersionId === undefined ? undefined : left;
}

/**
 * Returns the remaining versions of the source, with the marker that may hide them. Returns `undefined` if
 * nothing is known about versions.
 */
async function remainingAtSource(finding: Finding, { sourceBuckets }: Ports): Promise<Removal | undefined> {
  try {
    return remainingOf(await sourceBuckets.listVersions(finding.object));
  } catch {
    return undefined;
  }
}

function remainingOf(listed: readonly ListedVersion[]): Removal | undefined {
  const hasVersions = listed.some(({ isMarker, versionId }) => isMarker || !isNullVersion(versionId));
  if (!hasVersions) return undefined;
  return { kind: 'retained', reason: 'retries-exhausted', ...nothingRemoved(listed) };
}

/** A message that keeps failing is parked by the worker with the error code, before SQS moves it without a reason. */
export async function giveUp(finding: Finding, error: unknown, ports: Ports): Promise<IsolationResult> {
  const lastError = errorCode(error);
  let removal: Removal | undefined;
  try {
    const copy = await findAnyCopy(finding.object, ports.isolationBucket);
    if (copy !== undefined) {
      const outcome = { name: 'retained', reason: 'retries-exhausted', lastError } as const;
      removal = await remainingAtSource(finding, ports);
      const source = sourceOf(copy.provenance);
      return { outcome, source, copy, ...(removal && { removal }) };
    }
  } catch {
    // The isolation bucket cannot be read, which may be the cause of the failures, so no copy is known to be
    // safe. An earlier handling may have hidden the object under a marker, which the source shows.
    removal = await remainingAtSource(finding, ports);
  }
  return {
    outcome: { name: 'refused', reason: 'retries-exhausted', lastError },
    ...(removal && { removal }),
  };
}
