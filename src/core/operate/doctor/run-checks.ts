import type { Verdict } from './verdict.ts';
import { type Checked, unknown } from './verdict.ts';

export interface Check {
  readonly name: string;
  readonly judge: () => Promise<Verdict>;
}

/** Says why a check cannot be made, in a sentence for people. */
export class UncheckedError extends Error {
  override readonly name = 'UncheckedError';
  readonly mend: string | undefined;

  constructor(why: string, mend?: string) {
    super(why);
    this.mend = mend;
  }
}

/** Makes one check after the other. A check that fails is unknown, and the others are made all the same. */
export async function* runChecks(
  checks: readonly Check[],
  whyNot: (error: unknown) => string,
): AsyncGenerator<Checked> {
  for (const { judge, name } of checks) {
    const verdict = await judge().catch((error: unknown) =>
      error instanceof UncheckedError ? unknown(error.message, error.mend) : unknown(whyNot(error)),
    );
    yield { check: name, verdict };
  }
}
