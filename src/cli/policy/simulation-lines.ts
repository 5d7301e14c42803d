import * as z from 'zod';
import { columnsOf, objectOf } from '../../core/evidence/object-columns.ts';
import { jsonOf } from '../../core/json.ts';
import type { SimulatedObject } from '../../core/operate/simulate/simulate-policy.ts';
import type { SimulationRow } from '../../core/operate/simulate/simulation-tally.ts';
import type { Column } from '../frame/output.ts';
import { planActions, planFields } from '../isolate/plan-line.ts';

/** A line of the file of objects: that of a plan, and beside it what the policy in force would do. */
const lineSchema = planFields.extend({
  action_in_force: planActions,
  rule_in_force: z.string(),
  finding_id: z.string(),
});

export function lineOf(simulated: SimulatedObject): string {
  const line: z.output<typeof lineSchema> = {
    ...columnsOf(simulated.object),
    action: simulated.action,
    rule: simulated.rule,
    action_in_force: simulated.actionInForce,
    rule_in_force: simulated.ruleInForce,
    finding_id: simulated.findingId,
  };
  return JSON.stringify(line);
}

export function simulatedIn(text: string): SimulatedObject | undefined {
  const line = lineSchema.safeParse(jsonOf(text)).data;
  if (line === undefined) return undefined;
  return {
    findingId: line.finding_id,
    object: objectOf(line),
    rule: line.rule,
    action: line.action,
    ruleInForce: line.rule_in_force,
    actionInForce: line.action_in_force,
  };
}

export const columns: readonly Column<SimulationRow>[] = [
  { name: 'rule', title: 'RULE', value: ({ rule }) => rule },
  { name: 'bucket', title: 'BUCKET', value: ({ bucket }) => bucket },
  { name: 'action', title: 'ACTION', value: ({ action }) => action },
  { name: 'action_in_force', title: 'IN FORCE', value: ({ actionInForce }) => actionInForce },
  { name: 'rule_in_force', title: 'RULE IN FORCE', value: ({ ruleInForce }) => ruleInForce },
  { name: 'objects', title: 'OBJECTS', value: ({ objects }) => objects },
  { name: 'bytes', title: 'BYTES', value: ({ bytes }) => bytes },
];
