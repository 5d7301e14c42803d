import type { Guard } from './guard.ts';

/** What keeps the service to what people have told it. */
export const guardsOfWork: readonly Guard[] = [
  {
    name: 'a pause is obeyed',
    breaks: 'never empty the lake',
    seed: 333862149,
    enforcedBy: '`core/isolate/within-budget.ts`',
    file: 'within-budget.ts',
    find: 'if (unit === undefined) throw new PausedError();',
    replace: '',
  },
  {
    name: 'a unit comes back',
    breaks: 'never empty the lake',
    seed: 290114565,
    enforcedBy: '`core/isolate/within-budget.ts`',
    file: 'within-budget.ts',
    find: 'if (!hasRemoved(isolation) && !hasFenced) {\n      unit?.giveBack();',
    replace: 'if (!hasRemoved(isolation) && !hasFenced) {',
  },
  {
    name: 'nothing is done in a dry run',
    breaks: 'never act unasked',
    seed: 332226291,
    enforcedBy: '`core/handle-finding.ts`',
    file: 'handle-finding.ts',
    find: 'if (!dryRun && (isolates || begun)) {',
    replace: 'if (isolates || begun) {',
  },
  {
    name: 'nothing is done that the policy does not ask for',
    breaks: 'never act unasked',
    seed: 1131424974,
    enforcedBy: '`core/handle-finding.ts`',
    file: 'handle-finding.ts',
    find: "const isolates = decision.action === 'isolate' && decision.dryRun !== true;",
    replace: 'const isolates = decision.dryRun !== true;',
  },
  {
    name: 'MFA delete is asked for before a marker',
    breaks: 'no untrue word',
    seed: 69156153,
    enforcedBy: '`core/remove/remove-versions.ts`',
    file: 'remove-versions.ts',
    find: '(covered !== undefined || replacesNull) && (await needsMfa(object, sourceBuckets))',
    replace: "(covered !== undefined || replacesNull) && plan.newestMarker === ''",
  },
];
