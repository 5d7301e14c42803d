import type { Case } from './case.ts';
import { findingCases } from './finding-cases.ts';
import { objectiveCases } from './objective-cases.ts';
import { peopleCases } from './people-cases.ts';
import { queueCases } from './queue-cases.ts';
import { valveCases } from './valve-cases.ts';
import { workerCases } from './worker-cases.ts';

/** For every alert what makes it fire, what does not, and what it survives. */
export const cases: readonly Case[] = [
  ...objectiveCases,
  ...workerCases,
  ...valveCases,
  ...queueCases,
  ...findingCases,
  ...peopleCases,
];

/** A file of `promtool test rules`. Slow cases are evaluated as rarely as their series have values. */
export function testFile(rules: string, interval: string): string {
  return JSON.stringify({
    rule_files: [rules],
    evaluation_interval: interval,
    // Else promtool takes the groups in an order of its own, and alerts may come before what is recorded for them.
    group_eval_order: ['isolator-objective', 'isolator-now', 'isolator-burn', 'isolator-plain'],
    tests: cases.filter((each) => each.interval === interval),
  });
}
