import type { Finding } from '../finding.ts';
import { isRepetition, type Message } from '../message.ts';
import type { Ports } from '../ports.ts';
import { isInAllowedRegion } from '../region.ts';
import { mostReceivesForFence } from './fence-end.ts';
import { findFenceOf } from './find-fence.ts';
import { takeFenceFromOthers } from './take-fence.ts';

export interface TakeBackSettings {
  readonly allowedSourceRegions: readonly string[];
  /** Whether nobody will handle the message again. */
  readonly isLast: boolean;
  /** Whether a tag that is found on other bytes may be taken away. */
  readonly mayTake: () => Promise<boolean>;
  /** Whether this handling fences the flagged object itself if it stays. */
  readonly fences: boolean;
}

export interface TakenBack {
  /** The error for which the message has to come again. The isolation does not wait for that. */
  readonly failure?: Error;
  /** An earlier handling fenced the flagged object, and this one will not look at its fence. */
  readonly isLeft?: true;
}

/**
 * Takes away the tag that a worker which died may have left on other bytes, and looks for the one on the flagged object.
 * The setting, the policy and the mode may have changed since, so every redelivery looks, whatever it does about the
 * object. It looks first, so that a failure does not hide what the isolation finds out.
 */
export async function takeBack(
  finding: Finding,
  message: Message,
  ports: Ports,
  settings: TakeBackSettings,
): Promise<TakenBack> {
  const { fences, isLast, mayTake } = settings;
  const { object } = finding;
  const mayBeTagged =
    object.bucket !== ports.isolationBucket.name && isInAllowedRegion(object, ports, settings);
  if (!isRepetition(message) || !mayBeTagged) return {};
  try {
    const listed = await takeFenceFromOthers(finding, ports, mayTake);
    return !fences && (await findFenceOf(finding, ports, listed)) ? { isLeft: true } : {};
  } catch (error) {
    // Record and alert wait no longer for a look at tags than for a fence.
    if (!isLast && message.receiveCount <= mostReceivesForFence) return { failure: error as Error };
    ports.observer.fenceMayBeLeft(finding);
    return {};
  }
}
