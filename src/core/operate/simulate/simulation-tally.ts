import { createHash } from 'node:crypto';
import type { SimulatedObject } from './simulate-policy.ts';

/** How many objects of a bucket a rule would meet. */
export interface SimulationRow
  extends Pick<SimulatedObject, 'rule' | 'action' | 'ruleInForce' | 'actionInForce'> {
  readonly bucket: string;
  readonly objects: number;
  /** The sizes that findings name. */
  readonly bytes: number;
}

export interface SimulationTally {
  /** Returns `false` if this object was counted with the same decisions: several findings may be about one object. */
  add(simulated: SimulatedObject): boolean;
  /** The rows, first those whose action changes, and of these the largest. */
  rows(): readonly SimulationRow[];
}

export function createSimulationTally(): SimulationTally {
  const seen = new Set<string>();
  const rows = new Map<string, SimulationRow>();
  return {
    add({ action, actionInForce, object, rule, ruleInForce }) {
      const decisions = { rule, action, ruleInForce, actionInForce };
      const { accountId, bucket, eTag, key, sizeBytes = 0, versionId } = object;
      const about = [...Object.values(decisions), accountId, bucket, key, versionId ?? '', eTag ?? ''];
      // A hash, since millions of keys would not fit into memory.
      const id = createHash('sha256').update(JSON.stringify(about)).digest('base64').slice(0, 22);
      if (seen.has(id)) return false;
      seen.add(id);
      const name = JSON.stringify([...Object.values(decisions), bucket]);
      const { bytes, objects } = rows.get(name) ?? { bytes: 0, objects: 0 };
      rows.set(name, { ...decisions, bucket, objects: objects + 1, bytes: bytes + sizeBytes });
      return true;
    },
    rows: () => [...rows.values()].toSorted(byInterest),
  };
}

function byInterest(one: SimulationRow, other: SimulationRow): number {
  const changes = ({ action, actionInForce }: SimulationRow) => Number(action !== actionInForce);
  return changes(other) - changes(one) || other.objects - one.objects || other.bytes - one.bytes;
}
