import * as z from 'zod';
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
  const { accountId, bucket, eTag, key, region, sizeBytes, versionId } = simulated.object;
  const line: z.output<typeof lineSchema> = {
    account_id: accountId,
    region: region ?? null,
    bucket,
    key,
    version_id: versionId ?? null,
    etag: eTag ?? null,
    size_bytes: sizeBytes ?? null,
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
  const { account_id: accountId, bucket, key, region } = line;
  return {
    findingId: line.finding_id,
    object: {
      accountId,
      bucket,
      key,
      ...(region !== null && { region }),
      ...(line.version_id !== null && { versionId: line.version_id }),
      ...(line.etag !== null && { eTag: line.etag }),
      ...(line.size_bytes !== null && { sizeBytes: line.size_bytes }),
    },
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
