import { FenceInDoubtError, HandedBackError } from '../errors.ts';
import type { Fenced } from '../fences.ts';
import type { Finding } from '../finding.ts';
import type { IsolationResult } from '../isolation.ts';
import type { Message } from '../message.ts';
import { readableAfter } from '../outcome.ts';
import type { Ports } from '../ports.ts';
import { timed } from '../timed.ts';
import { type FenceTry, fenceFlagged, openFence } from './fence-flagged.ts';

/** From this receive on an object that cannot be isolated yet is fenced. */
const fencedFromReceive = 3;
/** As for alerts: a fence that fails keeps record and alert waiting for so many receives, and no longer. */
export const mostReceivesForFence = 5;

/**
 * Fences an object that stays although it can be read: retained, refused or held. Throws `RetryableError` while the
 * message has come a few times only, and will come again. Then the fence counts as open.
 */
export async function fenceWhatStays(
  result: IsolationResult,
  finding: Finding,
  message: Message,
  ports: Ports,
  isLast = false,
): Promise<FenceTry> {
  if (!stays(result)) return {};
  const fence = () => fenceUnlessPaused(finding, message, ports, isLast);
  return openInTheEnd(fence, finding, message, ports, isLast);
}

/**
 * Fences an object whose isolation failed and will be tried again. A failure here must not hide the failure of the
 * isolation, so this function does not throw.
 */
export async function fenceAfterFailure(
  error: unknown,
  finding: Finding,
  message: Message,
  ports: Ports,
  isLast: boolean,
): Promise<Fenced | undefined> {
  if (error instanceof HandedBackError) return undefined;
  if (message.receiveCount < fencedFromReceive && !isLast) return undefined;
  try {
    return (await fenceUnlessPaused(finding, message, ports, false)).fence;
  } catch (error) {
    if (isLast && error instanceof FenceInDoubtError) ports.observer.fenceMayBeLeft(finding);
    return isLast ? openFence(ports) : undefined;
  }
}

/** Of a region that is not allowed, Macie was not asked, and the worker does not touch the source. */
function stays({ outcome }: IsolationResult): boolean {
  const isKept = outcome.name === 'retained' || outcome.name === 'refused' || outcome.name === 'held';
  if (!isKept || ('reason' in outcome && outcome.reason === 'cross-region')) return false;
  return readableAfter(outcome) !== 'no';
}

/**
 * A fence takes data from its readers, as an isolation does: a pause stops it, and each takes a unit of the budget.
 */
async function fenceUnlessPaused(
  finding: Finding,
  message: Message,
  ports: Ports,
  isLast: boolean,
): Promise<FenceTry> {
  const unit = await ports.budget.take();
  if (unit === undefined) return {};
  let isNew = false;
  try {
    const tried = await tryFence(finding, message, ports, isLast);
    isNew = tried.fence?.isNew === true;
    return tried;
  } finally {
    if (!isNew) unit.giveBack();
  }
}

/** Fences the flagged version, and counts it as open if that fails in the end. */
export function tryFence(
  finding: Finding,
  message: Message,
  ports: Ports,
  isLast = false,
): Promise<FenceTry> {
  const fence = () => timed(ports, 'fence', () => fenceFlagged(finding, ports));
  return openInTheEnd(fence, finding, message, ports, isLast);
}

/**
 * A failure that may pass is thrown only while the message has come a few times, and not at its last receive: that would hide
 * how the handling ends.
 */
async function openInTheEnd(
  fence: () => Promise<FenceTry>,
  finding: Finding,
  message: Message,
  ports: Ports,
  isLast: boolean,
): Promise<FenceTry> {
  try {
    return await fence();
  } catch (error) {
    if (message.receiveCount <= mostReceivesForFence && !isLast) throw error;
    if (error instanceof FenceInDoubtError) ports.observer.fenceMayBeLeft(finding);
    ports.observer.fenceDone(finding, 'open', false);
    return { fence: { ...openFence(ports), isNew: false } };
  }
}
