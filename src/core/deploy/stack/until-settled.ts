import type { DeployPorts } from './deploy-ports.ts';
import { stateOf } from './stack-status.ts';
import type { Stack, StackEvent } from './stacks.ts';

type WatchPorts = Pick<DeployPorts, 'stacks' | 'report' | 'pause' | 'signal'>;

/** CloudFormation allows few calls a second to an account, so the pauses grow. */
const firstPauseMs = 1_000;
const longestPauseMs = 10_000;

export async function poll<Answer>(
  { pause, signal }: Pick<WatchPorts, 'pause' | 'signal'>,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    signal.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(pauseMs, signal);
  }
}

export interface Settled {
  readonly stack: Stack;
  /** The resources that failed, the first cause first. */
  readonly failures: readonly StackEvent[];
}

/**
 * Waits until CloudFormation has nothing to do on the stack, and reports the events after the given one. With `isBegun:
 * false` the stack can still have the status from before the call that has just begun something: only an event after
 * the given one shows that the status is new.
 */
export async function untilSettled(
  ports: WatchPorts,
  { id, name }: Pick<Stack, 'id' | 'name'>,
  after: string | undefined,
  { isBegun }: { readonly isBegun: boolean },
): Promise<Settled> {
  const failures: StackEvent[] = [];
  let last = after;
  const tellEvents = async () => {
    for (const event of await ports.stacks.eventsAfter(id, last)) {
      last = event.id;
      if (isCause(event)) failures.push(event);
      ports.report.event(name, event);
    }
  };
  const stack = await poll(ports, async () => {
    // Events are asked for before the status: a new event must not stand beside an old status.
    await tellEvents();
    const hadEvents = last !== after;
    const found = await ports.stacks.find(id);
    if (found === undefined) return gone(id, name);
    const isNew = isBegun || hadEvents || found.status === 'DELETE_COMPLETE';
    if (!isNew || isBusy(found)) return undefined;
    await tellEvents();
    return found;
  });
  ports.report.ends(name);
  return { stack, failures };
}

/** `REVIEW_IN_PROGRESS` is the first status of a stack that has just begun to be created. */
function isBusy({ name, status }: Stack): boolean {
  return status === 'REVIEW_IN_PROGRESS' || stateOf(name, status).kind === 'busy';
}

/** A stand-in can forget what it deleted. */
function gone(id: string, name: string): Stack {
  return { id, name, status: 'DELETE_COMPLETE', parameters: {}, outputs: {}, tags: {} };
}

/** Resources that were cancelled because another one failed say nothing about the cause. */
function isCause({ reason = '', status, type }: StackEvent): boolean {
  return (
    status.endsWith('_FAILED') && type !== 'AWS::CloudFormation::Stack' && !/\bcancelled\b/i.test(reason)
  );
}

/** Names the failed resources with the texts of their services. */
export function failureText(failures: readonly StackEvent[]): string {
  return failures
    .map(({ reason, resource, status }) => `${resource} (${status})${reason ? `: ${reason}` : ''}`)
    .join('; ');
}
