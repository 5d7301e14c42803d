import { removedBy } from '../core/isolation.ts';
import type { Message } from '../core/message.ts';
import type { Handled } from '../core/tell/conclude.ts';

const outsideObjective = ['backfill', 'manual', 'replay'] as const;

/**
 * Backfills and replays bring old findings, and requests come in thousands at once: neither says anything about the time
 * until new findings are isolated.
 */
export function originOutsideObjective({ origin }: Message): (typeof outsideObjective)[number] | undefined {
  return outsideObjective.find((each) => each === origin);
}

/** Returns the durations and the size, if this handling isolated an object. */
export function isolatedNow({ outcome, finding, isolation }: Handled, now: Date) {
  if (outcome.name !== 'isolated' || !finding) return undefined;
  const removedAt = (isolation && removedBy(isolation)) ?? now;
  const until = (start: Date) => Math.max(0, (removedAt.getTime() - start.getTime()) / 1000);
  const { lastModified, sizeBytes } = isolation?.source ?? {};
  return {
    findingToIsolationSeconds: until(finding.createdAt),
    objectExposureSeconds: lastModified && until(lastModified),
    sizeBytes: sizeBytes ?? isolation?.copy?.provenance.sizeBytes ?? 0,
  };
}
