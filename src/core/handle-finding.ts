import { whyNotConfirmed } from './confirm/confirm-finding.ts';
import { HandedBackError } from './errors.ts';
import { noteRemoval } from './evidence/removal-note.ts';
import { findFenceLeft } from './fence/left-fence.ts';
import { type TakenBack, takeBack } from './fence/take-back.ts';
import type { Finding } from './finding.ts';
import { fenceInPlace } from './isolate/fence-in-place.ts';
import { findCopy, giveUp, markerListed, markerOverObject } from './isolate/give-up.ts';
import type { IsolateSettings } from './isolate/isolate.ts';
import { type FenceAttempt, isolateAndFence, withFence } from './isolate/isolate-and-fence.ts';
import { rehearse } from './isolate/rehearse.ts';
import { type IsolatedCopy, type IsolationResult, sourceOf } from './isolation.ts';
import type { Limit } from './isolation-budget.ts';
import { isRepetition, type Message } from './message.ts';
import type { Outcome } from './outcome.ts';
import type { Parsed } from './parse/parse-finding.ts';
import { readMessage } from './parse/read-message.ts';
import { unreadable, withoutFinding } from './parse/without-finding.ts';
import { acts, type Decide, type Decision } from './policy/policy.ts';
import type { Ports } from './ports.ts';
import type { ListedVersion } from './source-buckets.ts';
import { type ConcludeSettings, conclude, type Handled } from './tell/conclude.ts';

export interface HandleSettings extends IsolateSettings, ConcludeSettings {
  readonly mode: 'enforce' | 'dry-run';
  readonly decide: Decide;
  /** How many findings of one bucket may be isolated in an hour. */
  readonly bucketLimitPerHour?: number;
}

/**
 * Handles one message, from its body to its outcome: parse, decide, isolate, alert, record. The caller
 * settles the message afterwards, and only then. So after a crash at any point the handling is repeated, and
 * finds the finished work. Throws failures that may pass, until `parkAfterReceives`. Once the signal is
 * aborted, copies stop between two parts.
 */
export async function handleFinding(
  message: Message,
  ports: Ports,
  settings: HandleSettings,
  signal?: AbortSignal,
): Promise<Handled> {
  const receivedAt = ports.clock();
  const isLast = message.receiveCount >= settings.parkAfterReceives;
  let parsed: Parsed;
  try {
    parsed = await readMessage(message, ports);
  } catch (error) {
    if (!isLast) throw error;
    return conclude(unreadable(message, error), message, receivedAt, ports, settings);
  }
  if (parsed.kind !== 'finding') {
    return conclude(withoutFinding(parsed), message, receivedAt, ports, settings);
  }
  const { finding } = parsed;
  let decision: Decision | undefined;
  let result: IsolationResult;
  const attempt: FenceAttempt = {};
  try {
    decision = settings.decide(finding, {
      at: receivedAt,
      ...(message.origin !== undefined && { origin: message.origin }),
    });
    const before = await lookBefore(finding, decision, message, ports, settings);
    // A finding that its policy leaves alone does not wait for a source that is slow.
    const leave = acts(decision) || before.begun ? ports.sourceRoom?.enter(finding.object) : undefined;
    try {
      const { failure, isLeft } = await lookForFences(finding, decision, message, ports, settings);
      result = await act(finding, decision, before, message, ports, settings, attempt, signal);
      if (failure !== undefined) {
        await noteRemoval(ports.isolationBucket, finding, result);
        throw failure;
      }
      if (isLeft) result = withFence(result, await findFenceLeft(result, finding, ports, isLast));
    } finally {
      leave?.();
    }
  } catch (error) {
    if (!isLast || error instanceof HandedBackError) throw error;
    result = withFence(await giveUp(finding, error, ports), attempt);
  }
  const { outcome } = result;
  const ending = { outcome, finding, isolation: result, ...(decision && { decision }) };
  return conclude(ending, message, receivedAt, ports, settings);
}

/** A dry run touches nothing, and a forged finding must not take the fence of another one away. */
function lookForFences(
  finding: Finding,
  decision: Decision,
  message: Message,
  ports: Ports,
  { allowedSourceRegions, fence, mode, parkAfterReceives }: HandleSettings,
): Promise<TakenBack> {
  const mayTake = async () =>
    mode !== 'dry-run' &&
    (await whyNotConfirmed(finding, message, ports, allowedSourceRegions)) === undefined;
  return takeBack(finding, message, ports, {
    allowedSourceRegions,
    fences: mode !== 'dry-run' && isolates(decision) && (decision.fence ?? fence) !== 'off',
    isLast: message.receiveCount >= parkAfterReceives,
    mayTake,
  });
}

/** What earlier handlings have done, if this one may not isolate. */
interface Before {
  readonly copy?: IsolatedCopy | undefined;
  /** Work that was begun for this finding is finished, whatever the policy says by now. */
  readonly begun?: IsolatedCopy | undefined;
}

async function lookBefore(
  finding: Finding,
  decision: Decision,
  message: Message,
  ports: Ports,
  { mode }: HandleSettings,
): Promise<Before> {
  if (!isRepetition(message) || (mode !== 'dry-run' && isolates(decision))) return {};
  const copy = await findCopy(finding, ports);
  return { copy, begun: copy?.provenance.findingId === finding.id ? copy : undefined };
}

function isolates({ action, dryRun }: Decision): boolean {
  return action === 'isolate' && dryRun !== true;
}

async function act(
  finding: Finding,
  decision: Decision,
  { begun, copy }: Before,
  message: Message,
  ports: Ports,
  settings: HandleSettings,
  attempt: FenceAttempt,
  signal: AbortSignal | undefined,
): Promise<IsolationResult> {
  // Macie flags isolated copies too. Isolating them would never end (aws-facts 9.14).
  if (finding.object.bucket === ports.isolationBucket.name) {
    return { outcome: { name: 'ignored', reason: 'isolation-bucket' } };
  }
  const dryRun = settings.mode === 'dry-run';
  const isRehearsal = dryRun || decision.dryRun === true;
  // A dry run asks too, so that it shows what would be done.
  if (acts(decision) && begun === undefined) {
    const unconfirmed = await whyNotConfirmed(finding, message, ports, settings.allowedSourceRegions);
    if (unconfirmed) return { outcome: { name: 'rejected', reason: 'not-confirmed' }, unconfirmed };
  }
  const limits = limitsOf(finding, decision, settings);
  const isLast = message.receiveCount >= settings.parkAfterReceives;
  const under = { ...settings, limits, isRepetition: isRepetition(message), isLast };
  if (!dryRun && (isolates(decision) || begun)) {
    ports.observer.isolationBegins(message);
    const { fence = settings.fence, sourceVersions = settings.sourceVersions, tags: addTags } = decision;
    const about = { ...under, fence, sourceVersions, addTags };
    return isolateAndFence(finding, message, ports, about, attempt, signal);
  }
  // It is looked for last: another worker may take its own marker away meanwhile.
  const marker = async (listed?: readonly ListedVersion[]) => {
    if (copy === undefined) return undefined;
    return listed ? markerListed(listed) : markerOverObject(finding, ports);
  };
  if (decision.action === 'fence' && !isRehearsal) {
    const fenced = await fenceInPlace(finding, message, ports, under);
    const removal = await marker();
    return { ...fenced, ...(removal && { removal }) };
  }
  if (decision.action !== 'isolate' && begun === undefined) {
    const removal = await marker();
    const outcome: Outcome =
      decision.action === 'ignore' ? { name: 'ignored', reason: 'rule' } : { name: 'alerted' };
    return { outcome, ...(removal && { removal }) };
  }
  // The facts about begun work come from its copy, because the source may be gone.
  const { rehearsal, listed } = begun ? {} : await rehearse(finding, ports, settings);
  // What was put since this listing was not compared, so a later listing would not fit what is expected.
  const removal = await marker(listed);
  return {
    outcome: { name: 'dry_run' },
    ...(rehearsal && { rehearsal }),
    ...(rehearsal?.source && { source: rehearsal.source }),
    ...(begun && { source: sourceOf(begun.provenance), copy: begun }),
    ...(removal && { removal }),
  };
}

function limitsOf(
  { object }: Finding,
  { limitPerHour, rule }: Decision,
  { bucketLimitPerHour }: HandleSettings,
): readonly Limit[] {
  return [
    ...(limitPerHour === undefined ? [] : [{ of: 'rule' as const, name: rule, perHour: limitPerHour }]),
    ...(bucketLimitPerHour === undefined
      ? []
      : [{ of: 'bucket' as const, name: object.bucket, perHour: bucketLimitPerHour }]),
  ];
}
