import { Violation } from '../actor.ts';

export interface Failure {
  readonly invariant: string;
  readonly message: string;
  /** The moves up to the violation. */
  readonly schedule: readonly string[];
}

/** What ended a run: a broken invariant, or an error that the product does not know. */
export function failureOf(error: unknown, schedule: readonly string[]): Failure {
  if (error instanceof Violation) return { invariant: error.invariant, message: error.message, schedule };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { invariant: 'no unknown error', message, schedule };
}
