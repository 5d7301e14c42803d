import { leftBehindMetadata } from '../../../src/core/evidence/provenance.ts';
import { withoutFenceTag } from '../../../src/core/fences.ts';
import type { CopyRequest } from '../../../src/core/isolation-bucket.ts';
import type { PropertyName, Tag } from '../../../src/core/properties.ts';
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
function tagsOf(
  { from, mayBeFenced, stored }: CopyRequest,
  entry: Entry,
  { s3 }: Surroundings,
): Entry['tags'] | undefined {
  if (s3.bucket(from.bucket).denied.has('tags')) return undefined;
  // S3 copies all tags by itself, unless the worker sends those of the object.
  if (stored.ownTags !== undefined) return Object.fromEntries(stored.ownTags);
  const areSent = mayBeFenced === true || stored.tagCount > 0;
  return areSent ? Object.fromEntries(withoutFenceTag(Object.entries(entry.tags))) : entry.tags;
}

/** S3 refused the properties of the source, which the next attempt leaves behind. */
export interface NotTaken {
  readonly kind: 'properties-not-taken';
  readonly tags: readonly Tag[] | undefined;
}

/** What no copy can carry of an unsendable object. */
export const unsendable: readonly PropertyName[] = ['content-disposition', 'tags'];

/** The properties that a copy gets, without those that are left behind. */
export function carriedBy(
  request: CopyRequest,
  entry: Entry,
  left: readonly PropertyName[],
  around: Surroundings,
) {
  const { metadata, stored } = request;
  const tags = tagsOf(request, entry, around);
  if (entry.isUnsendable && left.length === 0) {
    const seen = tags && Object.entries(tags);
    return { kind: 'properties-not-taken', tags: seen } as const satisfies NotTaken;
  }
  // Where metadata is given, S3 copies neither metadata nor headers itself.
  const { contentDisposition, ...others } = metadata ? stored.contentHeaders : entry.contentHeaders;
  const isLeft = (name: PropertyName) => left.includes(name);
  return {
    kind: 'carried',
    tagsCopied: tags !== undefined && !isLeft('tags'),
    properties: {
      metadata: metadata ? { ...metadata, ...leftBehindMetadata(left) } : entry.metadata,
      tags: (!isLeft('tags') && tags) || {},
      contentHeaders: {
        ...others,
        ...(!isLeft('content-disposition') && contentDisposition !== undefined && { contentDisposition }),
      },
    },
  } as const;
}
