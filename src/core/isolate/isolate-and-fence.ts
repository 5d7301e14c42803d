import { fenceAfterFailure, fenceWhatStays } from '../fence/fence-end.ts';
import type { FenceTry } from '../fence/fence-flagged.ts';
import type { Finding } from '../finding.ts';
import type { IsolationResult } from '../isolation.ts';
import type { Message } from '../message.ts';
import type { Ports } from '../ports.ts';
import { isInAllowedRegion } from '../region.ts';
import { asLastSeen } from '../remove/as-last-seen.ts';
import { type IsolateSettings, isolate } from './isolate.ts';

/** What a handling has done to the fence of its object, if it ends with an error. */
export interface FenceAttempt {
  fence?: IsolationResult['fence'] | undefined;
}

/** Isolates an object, and fences it if it stays, or if it could not be isolated for the third time. */
export async function isolateAndFence(
  finding: Finding,
  message: Message,
  ports: Ports,
  settings: IsolateSettings & { readonly isLast: boolean },
  attempt: FenceAttempt,
  signal?: AbortSignal,
): Promise<IsolationResult> {
  if (settings.fence === 'off' || !isInAllowedRegion(finding.object, ports, settings)) {
    return isolate(finding, ports, settings, signal);
  }
  let result: IsolationResult;
  try {
    result = await isolate(finding, ports, settings, signal);
  } catch (error) {
    const fence = await fenceAfterFailure(error, finding, message, ports, settings.isLast);
    if (fence !== undefined) attempt.fence = fence;
    throw error;
  }
  return withFence(result, await fenceWhatStays(result, finding, message, ports, settings.isLast));
}

/** Adds what a look for the fence found, which is the last look at the source. */
export function withFence(
  result: IsolationResult,
  { fence, listed }: FenceAttempt & Pick<FenceTry, 'listed'>,
): IsolationResult {
  if (fence === undefined) return asLastSeen(result, listed);
  // A listing shows the version that was tagged, but not what HEAD shows, such as a replica.
  const unseen = result.source === undefined && { unseen: true as const };
  return { ...asLastSeen(result, listed), ...unseen, fence };
}
