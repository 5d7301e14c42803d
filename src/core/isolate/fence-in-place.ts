import { tryFence } from '../fence/fence-end.ts';
import { findFenceOf } from '../fence/find-fence.ts';
import type { Finding } from '../finding.ts';
import type { IsolationResult } from '../isolation.ts';
import type { Limit } from '../isolation-budget.ts';
import type { Message } from '../message.ts';
import type { Ports } from '../ports.ts';
import { isInAllowedRegion } from '../region.ts';
import { headIfAllowed } from '../remove/head-if-allowed.ts';
import { withFence } from './isolate-and-fence.ts';
import { withinBudget } from './within-budget.ts';

export interface FenceInPlaceSettings {
  readonly allowedSourceRegions: readonly string[];
  readonly limits: readonly Limit[];
  readonly isRepetition: boolean;
  /** Whether nobody will handle the message again. */
  readonly isLast?: boolean;
}

/**
 * Fences an object and moves nothing, as the action `fence` of the policy says. It spends units as an isolation does: a
 * wrong rule must not take more from its readers than the budget allows. Throws `PausedError` during a pause.
 */
export async function fenceInPlace(
  finding: Finding,
  message: Message,
  ports: Ports,
  settings: FenceInPlaceSettings,
): Promise<IsolationResult> {
  const { isLast = false, isRepetition, limits } = settings;
  const { object } = finding;
  // Nobody looks into a region that is not allowed. The alert tells by it why nothing was fenced.
  if (!isInAllowedRegion(object, ports, settings)) return { outcome: { name: 'alerted' }, unseen: true };
  const isBegun = async () => (await findFenceOf(finding, ports)) !== undefined;
  const allowance = { ...ports, under: limits, mayBeBegun: isRepetition, isBegun };
  return withinBudget(allowance, async (spending) => {
    const limit = await spending.take();
    if (limit !== undefined) return { outcome: { name: 'held', reason: limit }, unseen: true };
    const { fence, version = object } = await tryFence(finding, message, ports, isLast);
    if (fence?.isNew) spending.fenced();
    const seen = await headIfAllowed(object, version.versionId, ports.sourceBuckets);
    const isFlagged = seen !== 'denied' && (object.eTag === undefined || seen?.eTag === object.eTag);
    const result: IsolationResult = {
      outcome: { name: 'alerted' },
      ...(isFlagged && seen && { source: seen }),
    };
    return withFence(result, { fence });
  });
}
