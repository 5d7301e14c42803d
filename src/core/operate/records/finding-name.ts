import { objectDigest } from '../../evidence/keys.ts';
import type { FlaggedObject } from '../../finding.ts';

/** How an operator names the object of a finding. */
export interface FindingName {
  /** The id of the finding, or its first characters. */
  readonly id: string;
  /** Present if the id has records about several objects: the digest of one of them. */
  readonly object?: string;
}

/** Parses a finding id, its first six characters or more, or `<id>~<16 hex>`. Returns `undefined` for anything else. */
export function parseFindingName(text: string): FindingName | undefined {
  const [, id, object] = /^([A-Za-z0-9][A-Za-z0-9_-]{5,127})(?:~([0-9a-f]{16}))?$/.exec(text) ?? [];
  if (id === undefined) return undefined;
  return { id, ...(object !== undefined && { object }) };
}

/** An object that a name fits, and the name that fits no other. */
export interface Candidate {
  readonly name: string;
  readonly object: FlaggedObject;
}

/** Returns the different objects, each with the shortest name that fits it alone. */
export function candidatesOf(
  found: readonly { readonly findingId: string; readonly object: FlaggedObject }[],
): readonly Candidate[] {
  const objects = new Map(found.map((one) => [`${one.findingId}~${objectDigest(one.object)}`, one]));
  const ids = [...objects.values()].map(({ findingId }) => findingId);
  return [...objects].map(([name, { findingId, object }]) => ({
    name: ids.indexOf(findingId) === ids.lastIndexOf(findingId) ? findingId : name,
    object,
  }));
}
