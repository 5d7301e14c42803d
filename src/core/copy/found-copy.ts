import { findIdenticalCopy } from '../evidence/identical-versions.ts';
import { isolationKeys } from '../evidence/keys.ts';
import { readProvenance } from '../evidence/provenance.ts';
import type { FlaggedObject } from '../finding.ts';
import type { IsolatedCopy } from '../isolation.ts';
import type { IsolationBucket } from '../isolation-bucket.ts';
import { verifies } from './proof.ts';

export type FoundCopy =
  | { readonly kind: 'verified'; readonly copy: IsolatedCopy }
  | { readonly kind: 'unverified' | 'none' };

/**
 * Looks for a copy when the source cannot be read any more. Returns the first copy that agrees with its own
 * provenance.
 */
export async function findVerifiedCopy(
  object: FlaggedObject,
  isolationBucket: IsolationBucket,
): Promise<FoundCopy> {
  const own = await findOwnCopy(object, isolationBucket);
  if (own.kind === 'verified') return own;
  const copy = await findNotedCopy(object, isolationBucket);
  return copy === undefined ? own : { kind: 'verified', copy };
}

/** Looks for a copy at the isolation keys of the object itself. */
export async function findOwnCopy(
  object: FlaggedObject,
  isolationBucket: IsolationBucket,
): Promise<FoundCopy> {
  let kind: 'unverified' | 'none' = 'none';
  for (const key of isolationKeys(object)) {
    const found = await verifyCopyAt(key, object.eTag, isolationBucket);
    if (found.kind === 'verified') return found;
    if (found.kind === 'unverified') kind = found.kind;
  }
  return { kind };
}

/** Finds the copy, made for another version or finding, to which the note of a removal leads. */
export async function findNotedCopy(
  object: FlaggedObject,
  isolationBucket: IsolationBucket,
): Promise<IsolatedCopy | undefined> {
  const key = await findIdenticalCopy(object, isolationBucket);
  const found = key === undefined ? undefined : await verifyCopyAt(key, undefined, isolationBucket);
  return found?.kind === 'verified' ? found.copy : undefined;
}

/** Whether a copy at this key agrees with its own provenance and has this source ETag, if an ETag is given. */
export async function verifyCopyAt(
  key: string,
  sourceETag: string | undefined,
  isolationBucket: IsolationBucket,
): Promise<FoundCopy> {
  const copy = await isolationBucket.head(key);
  if (copy === undefined) return { kind: 'none' };
  const provenance = await readProvenance(isolationBucket, key, copy);
  const meant =
    provenance !== undefined && (sourceETag === undefined || provenance.sourceETag === sourceETag);
  const verified = meant && (await verifies(key, copy, provenance, isolationBucket));
  return verified ? { kind: 'verified', copy: { key, provenance, madeNow: false } } : { kind: 'unverified' };
}
