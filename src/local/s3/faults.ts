import type { S3Answer } from './exchange.ts';
import type { S3Request } from './http/http-request.ts';
import type { S3Error } from './s3-error.ts';

/** A fault that a test can inject. */
export type FaultKind =
  /** S3 answers 503 SlowDown; the operation has no effect. */
  | 'slow-down'
  /** S3 answers 500 InternalError; the operation has no effect. */
  | 'internal-error'
  /** S3 answers 403 AccessDenied; the operation has no effect. */
  | 'access-denied'
  /** S3 answers 200 with an error in the body, as it does for copies and completions; the operation has no effect. */
  | 'error-in-200'
  /** The connection breaks; the operation has no effect. */
  | 'reset'
  /** The operation takes effect, but the connection breaks before the answer. */
  | 'lost-response'
  /** S3 never answers. */
  | 'timeout'
  /** The operation takes effect, but the connection breaks in the middle of the body of the answer. */
  | 'broken-body'
  /** S3 answers 200 with this error in the body; the operation has no effect. */
  | { readonly in200: S3Error }
  /** This answer comes from a proxy in place of S3; the operation has no effect. */
  | { readonly instead: S3Answer }
  /** The operation takes effect, but the answer is changed, as by a store that is not quite S3. */
  | { readonly alter: (answer: S3Answer) => S3Answer }
  /** S3 answers this error; the operation has no effect. */
  | S3Error;

export interface InjectedFault {
  readonly kind: FaultKind;
  readonly when: (request: S3Request) => boolean;
  /** How often the fault happens; always if absent. */
  readonly times?: number;
}

/** A request that waits until the test lets it continue. */
export interface Hold {
  readonly arrived: Promise<S3Request>;
  release(): void;
}

export interface Faults {
  inject(fault: InjectedFault): void;
  /** Stops the next request of this kind before it has any effect. */
  hold(when: (request: S3Request) => boolean): Hold;
  clear(): void;
}

export interface FaultPlan extends Faults {
  /** Resolves when the request may continue, with the fault that is to happen. */
  before(request: S3Request): Promise<FaultKind | undefined>;
}

export function createFaults(): FaultPlan {
  let injected: { fault: InjectedFault; left: number }[] = [];
  let holds: {
    when: InjectedFault['when'];
    arrive: (request: S3Request) => void;
    released: Promise<void>;
  }[] = [];
  return {
    inject(fault) {
      injected.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    hold(when) {
      const arrived = Promise.withResolvers<S3Request>();
      const released = Promise.withResolvers<void>();
      holds.push({ when, arrive: arrived.resolve, released: released.promise });
      return { arrived: arrived.promise, release: () => released.resolve() };
    },
    clear() {
      injected = [];
    },
    async before(request) {
      const hold = holds.find(({ when }) => when(request));
      if (hold) {
        holds = holds.filter((other) => other !== hold);
        hold.arrive(request);
        await hold.released;
      }
      const hit = injected.find(({ fault, left }) => left > 0 && fault.when(request));
      if (!hit) return undefined;
      hit.left -= 1;
      return hit.fault.kind;
    },
  };
}
