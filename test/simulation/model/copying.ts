import type { CopyRequest } from '../../../src/core/ports.ts';
import type { Actor } from '../actor.ts';
import { type IsolationCall, isolationBucketName } from '../world.ts';
import type { Place } from './bucket.ts';
import type { Entry } from './objects.ts';
import type { Surroundings } from './ports.ts';
import { allowed } from './source-buckets.ts';

export function inIsolation(key: string): Place {
  return { bucket: isolationBucketName, key };
}

/** A 4xx of the isolation side that is not about the one object. */
export function refuseIfToldSo(
  what: IsolationCall,
  actor: Actor,
  { rules, witness, product }: Surroundings,
): void {
  if (!rules.refused.has(what)) return;
  witness.isolationFailed(actor.name);
  throw new product.IsolationFaultError('InvalidRequest', 'the isolation bucket refuses');
}

/** The version to be copied, while it is what the request says. */
export function sourceOf(
  { from, stored }: CopyRequest,
  actor: Actor,
  around: Surroundings,
): Entry | undefined {
  allowed(from, 'objects', actor, around);
  const entry = around.s3.read(from, stored.versionId);
  return entry?.eTag === stored.eTag || around.forgotten.has('CopySourceIfMatch') ? entry : undefined;
}

/** `undefined`: they may not be read, and the copy has none. */
export function tagsOf({ from }: CopyRequest, entry: Entry, { s3 }: Surroundings): Entry['tags'] | undefined {
  return s3.bucket(from.bucket).denied.has('tags') ? undefined : entry.tags;
}
