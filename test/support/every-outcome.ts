import { type Outcome, type OutcomeName, outcomeReasons } from '../../src/core/outcome.ts';

/** One of every outcome and reason. */
export const everyOutcome = (Object.keys(outcomeReasons) as OutcomeName[]).flatMap((name) => {
  const reasons: readonly string[] = outcomeReasons[name];
  return reasons.length === 0
    ? [{ name } as Outcome]
    : reasons.map((reason) => ({ name, reason }) as Outcome);
});
