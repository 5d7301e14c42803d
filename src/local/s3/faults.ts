import type { S3Answer } from './exchange.ts';
import type { S3Request } from './http-request.ts';
import type { S3Error } from './s3-error.ts';

/** How the stand-in misbehaves. */
export type FaultKind =
  /** 503 SlowDown, nothing done. */
  | 'slow-down'
  /** 500 InternalError, nothing done. */
  | 'internal-error'
  /** 403 AccessDenied, nothing done. */
  | 'access-denied'
  /** 200 whose body is an error; nothing done. As S3 does for copies and completions. */
  | 'error-in-200'
  /** The socket breaks, nothing done. */
  | 'reset'
  /** Done, but the socket breaks before the answer. */
  | 'lost-response'
  /** Never answered. */
  | 'timeout'
  /** Done, but the socket breaks in the middle of the answer's body. */
  | 'broken-body'
  /** 200 whose body is this error; nothing done. */
  | { readonly in200: S3Error }
  /** Nothing done, and this answer, as something in between gives it that is not S3. */
  | { readonly instead: S3Answer }
  /** Done, but the answer is another, as a store gives it that is not quite S3. */
  | { readonly alter: (answer: S3Answer) => S3Answer }
  /** This error, nothing done. */
  | S3Error;

export interface Fault {
  readonly kind: FaultKind;
  readonly when: (request: S3Request) => boolean;
  /** How often; for ever if absent. */
  readonly times?: number;
}

/** A request that waits until the test lets it go. */
export interface Hold {
  readonly arrived: Promise<S3Request>;
  release(): void;
}

export interface Faults {
  inject(fault: Fault): void;
  /** Holds the next request of this kind, before it has any effect. */
  hold(when: (request: S3Request) => boolean): Hold;
  clear(): void;
}

export interface FaultPlan extends Faults {
  /** Resolves when the request may go on, with what is to go wrong. */
  before(request: S3Request): Promise<FaultKind | undefined>;
}

export function createFaults(): FaultPlan {
  let injected: { fault: Fault; left: number }[] = [];
  let holds: { when: Fault['when']; arrive: (request: S3Request) => void; released: Promise<void> }[] = [];
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
