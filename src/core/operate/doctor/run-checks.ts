import type { Checked, Verdict } from './verdict.ts';

export interface Check {
  readonly name: string;
  readonly judge: () => Promise<Verdict>;
}

/** Makes one check after the other. A check that fails is unknown, and the others are made all the same. */
export async function* runChecks(
  checks: readonly Check[],
  whyNot: (error: unknown) => string,
): AsyncGenerator<Checked> {
  for (const { judge, name } of checks) {
    const verdict = await judge().catch(
      (error: unknown): Verdict => ({ state: 'unknown', why: whyNot(error) }),
    );
    yield { check: name, verdict };
  }
}
