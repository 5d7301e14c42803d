/** How the next call of an actor goes. The fault's sign follows the actor's name in a printed schedule. */
export const faults = {
  /** Refused before it has any effect. */
  throttled: '!',
  /** The process dies before the effect, or after it. */
  'crash-before': '<',
  'crash-after': '>',
  /** The effect happens, the answer is lost, and the client asks again: later, and the second answer counts. */
  'asked-again': '~',
  /** The effect happens, the answer is lost, and the client gives up. */
  'answer-lost': '?',
  /** A copy arrives with other bytes than its source has. */
  corrupted: '*',
} as const;

export type Fault = keyof typeof faults;

export const anyFault = Object.keys(faults) as readonly Fault[];
export const aCrash: readonly Fault[] = ['crash-before', 'crash-after'];
export const aLostAnswer: readonly Fault[] = ['asked-again', 'answer-lost'];

/** A set with few members is used up first, so that as much as can be stays possible. */
export function withoutOne(sets: readonly (readonly Fault[])[], fault: Fault): readonly (readonly Fault[])[] {
  const [used] = sets
    .filter((set) => set.includes(fault))
    .toSorted((one, other) => one.length - other.length);
  return sets.toSpliced(sets.indexOf(used ?? []), used ? 1 : 0);
}

interface PendingCall {
  readonly name: string;
  readonly effect: () => unknown;
  readonly answer: (value: unknown) => void;
  readonly fail: (error: unknown) => void;
  readonly isReady: () => boolean;
}

/**
 * Somebody whose every call to the outside waits until the scheduler lets it happen. Between two calls an
 * actor runs alone, so a schedule of calls is all there is to replay.
 */
export interface Actor {
  readonly name: string;
  /** The call that waits, if it can be made now. */
  ready(): string | undefined;
  /** The call that waits, whether or not it can be made now. */
  waitsFor(): string | undefined;
  call<Answer>(name: string, effect: () => Answer, isReady?: () => boolean): Promise<Answer>;
  /** Makes the waiting call happen and runs on to the next one. `heard` is told what the actor got to know. */
  step(fault: Fault | undefined, lost: () => Error, heard: (answer: unknown) => void): Promise<void>;
  /** Runs a life from its beginning to its first call. */
  start(live: () => Promise<void>): Promise<void>;
}

export function createActor(name: string, died: (error: unknown) => void): Actor {
  let pending: PendingCall | undefined;
  let arrived: () => void = () => undefined;

  /** Resolves when the actor waits again, or has ended. */
  const untilItWaits = (go: () => void): Promise<void> =>
    new Promise((resolve) => {
      arrived = resolve;
      go();
    });

  return {
    name,
    waitsFor: () => pending?.name,
    ready: () => (pending?.isReady() ? pending.name : undefined),
    call: (callName, effect, isReady = () => true) =>
      new Promise((resolve, reject) => {
        if (pending) throw new Error(`${name} makes two calls at once: ${pending.name} and ${callName}`);
        pending = {
          name: callName,
          effect,
          answer: resolve as (value: unknown) => void,
          fail: reject,
          isReady,
        };
        arrived();
      }),
    async step(fault, lost, heard) {
      const call = pending;
      if (call === undefined) throw new Error(`${name} has no call waiting`);
      if (fault === 'crash-before' || fault === 'crash-after') {
        if (fault === 'crash-after') attempt(call.effect);
        pending = undefined;
        return;
      }
      if (fault === 'asked-again') {
        attempt(call.effect);
        return;
      }
      await untilItWaits(() => {
        pending = undefined;
        if (fault === 'throttled') return call.fail(lost());
        const result = attempt(call.effect);
        if (fault === 'answer-lost') return call.fail(lost());
        heard('error' in result ? String(result.error) : result.value);
        if ('error' in result) call.fail(result.error);
        else call.answer(result.value);
      });
    },
    async start(live) {
      const wholeLife = async () => {
        try {
          await live();
        } catch (error) {
          died(error);
        }
        arrived();
      };
      await untilItWaits(() => void wholeLife());
    },
  };
}

/** What the effect answers or, where S3 refuses, throws. A broken invariant must not be taken for such. */
function attempt(effect: () => unknown): { readonly value: unknown } | { readonly error: unknown } {
  try {
    return { value: effect() };
  } catch (error) {
    if (error instanceof Violation) throw error;
    return { error };
  }
}

/** An invariant is broken: it ends the run. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly invariant: string;

  constructor(invariant: string, message: string) {
    super(message);
    this.invariant = invariant;
  }
}
