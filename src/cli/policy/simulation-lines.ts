import * as z from 'zod';
import { columnsOf, objectOf } from '../../core/evidence/object-columns.ts';
import { jsonOf } from '../../core/json.ts';
import type { SimulatedObject } from '../../core/operate/simulate-policy.ts';
import type { SimulationRow } from '../../core/operate/simulation-tally.ts';
import type { Column } from '../frame/output.ts';

const actions = z.enum(['isolate', 'alert', 'ignore', 'dry_run']);

/** A line of the file of objects, with the names of the columns of records. */
const lineSchema = z.object({
  account_id: z.string(),
  region: z.string().nullable(),
  bucket: z.string(),
  key: z.string(),
  version_id: z.string().nullable(),
  etag: z.string().nullable(),
  size_bytes: z.number().nullable(),
  action: actions,
  rule: z.string(),
  action_in_force: actions,
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
