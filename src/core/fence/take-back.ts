import type { Finding } from '../finding.ts';
import { isRepetition, type Message } from '../message.ts';
import type { Ports } from '../ports.ts';
import { takeFenceFromOthers } from './take-fence.ts';

export interface TakeBackSettings {
  readonly allowedSourceRegions: readonly string[];
  /** Whether nobody will handle the message again. */
  readonly isLast: boolean;
  /** Whether a tag that is found may be taken away. */
  readonly mayTake: () => Promise<boolean>;
}

/**
 * Takes away the tag that a worker which died may have left on other bytes. The setting, the policy and the mode may
 * have changed since, so every redelivery looks, whatever it does about the object. It looks first, so that a failure
 * does not hide what the isolation finds out. Returns the error for which the message has to come again. The isolation
 * does not wait for that.
 */
export async function takeBack(
  finding: Finding,
  message: Message,
  ports: Ports,
  { allowedSourceRegions, isLast, mayTake }: TakeBackSettings,
): Promise<Error | undefined> {
  const { bucket, region = ports.isolationBucket.region } = finding.object;
  const mayBeTagged = bucket !== ports.isolationBucket.name && allowedSourceRegions.includes(region);
  if (!isRepetition(message) || !mayBeTagged) return undefined;
  try {
    await takeFenceFromOthers(finding, ports, mayTake);
    return undefined;
  } catch (error) {
    if (!isLast) return error as Error;
    ports.observer.fenceMayBeLeft(finding);
    return undefined;
  }
}
