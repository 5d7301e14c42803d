import type { ObjectAddress } from '../../../src/core/finding.ts';
import type { DeleteAnswer, SourceBuckets } from '../../../src/core/source-buckets.ts';
import type { Actor } from '../actor.ts';
import type { Bucket, Denial } from './bucket.ts';
import { checksumOf, type Entry, headOf, idOf, partSizesOf } from './objects.ts';
import type { Surroundings } from './ports.ts';

/** The bucket, if its policy and its owner let the worker do this there. */
export function allowed(
  object: ObjectAddress,
  what: Denial,
  actor: Actor,
  { s3, witness, product, forgotten }: Surroundings,
): Bucket {
  const bucket = s3.bucket(object.bucket);
  const isOurs = bucket.accountId === object.accountId || forgotten.has('expected owner');
  const reason = isOurs ? 'access-denied' : 'wrong-owner';
  if (reason === 'access-denied' && !bucket.denied.has(what)) return bucket;
  witness.refused(actor.name);
  throw new product.RefusedError(reason, 'by policy, or of another account');
}

export function createSource(actor: Actor, around: Surroundings): SourceBuckets {
  const { s3, witness, forgotten, world } = around;
  const { RefusedError, RetryableError } = around.product;
  const refusal = (object: ObjectAddress, what: Denial): DeleteAnswer | undefined => {
    const bucket = s3.bucket(object.bucket);
    const isOurs = bucket.accountId === object.accountId || forgotten.has('expected owner');
    if (!isOurs) throw new RefusedError('wrong-owner', 'another account');
    return bucket.denied.has(what) ? { kind: 'not-deleted', reason: 'delete-denied' } : undefined;
  };
  const shown = (entry: Entry) => {
    const { lock, ...head } = headOf(entry);
    return { ...head, ...(world.showsLocks && lock && { lock }) };
  };

  return {
    head: (object, versionId) =>
      actor.call('source.head', () => {
        allowed(object, 'objects', actor, around);
        witness.looked(actor.name, object, versionId);
        const entry = s3.read(object, versionId);
        return entry && shown(entry);
      }),
    listVersions: (object) =>
      actor.call('source.listVersions', () => {
        allowed(object, 'lists', actor, around);
        const entries = s3.entries(object);
        witness.listed(actor.name, object, entries);
        return entries.map((entry, index) => ({
          versionId: idOf(entry),
          isLatest: index === 0,
          isMarker: entry.isMarker,
          eTag: entry.eTag,
          sizeBytes: entry.bytes.length,
        }));
      }),
    versioning: (object) =>
      actor.call('source.versioning', () => {
        const { versioning } = allowed(object, 'versioning', actor, around);
        witness.sawVersioning(actor.name, versioning);
        return versioning;
      }),
    needsMfa: (object) =>
      actor.call('source.needsMfa', () => {
        // If the first of two answers was lost, only the second one is known.
        witness.sawMfa(actor.name, undefined);
        const { needsMfa } = allowed(object, 'versioning', actor, around);
        witness.sawMfa(actor.name, needsMfa);
        return needsMfa;
      }),
    plainDelete: (object, ifMatchETag) =>
      actor.call('source.plainDelete', () => {
        const refused = refusal(object, 'markers');
        if (refused) return refused;
        const versioned = s3.bucket(object.bucket).versioning !== 'never';
        const ignored = forgotten.has(versioned ? 'If-Match on marker' : 'If-Match on delete');
        const current = s3.entries(object)[0];
        const matches = current !== undefined && !current.isMarker && current.eTag === ifMatchETag;
        if (!matches && !ignored) return { kind: 'precondition-failed' };
        const marker = s3.plainDelete(object, actor.name);
        return marker ? { kind: 'marker-put', markerVersionId: idOf(marker) } : { kind: 'deleted' };
      }),
    deleteVersion: (object, versionId) =>
      actor.call('source.deleteVersion', () => {
        const refused = refusal(object, 'versions');
        if (refused) return refused;
        const entry = s3.entries(object).find((other) => idOf(other) === versionId);
        if (s3.bucket(object.bucket).needsMfa) return { kind: 'not-deleted', reason: 'mfa-delete' };
        if (entry?.lock) return { kind: 'not-deleted', reason: 'locked' };
        s3.deleteVersion(object, versionId, actor.name);
        return { kind: 'deleted' };
      }),
    partSizes: (object, stored) =>
      actor.call('source.partSizes', () => {
        allowed(object, 'objects', actor, around);
        const entry = s3.read(object, stored.versionId);
        return entry && partSizesOf(entry.bytes);
      }),
    mayReadTags: (object) =>
      actor.call('source.mayReadTags', () => {
        const bucket = s3.bucket(object.bucket);
        return bucket.accountId === object.accountId && !bucket.denied.has('objects');
      }),
    hash: (object, stored, algorithm) =>
      actor.call('source.hash', () => {
        allowed(object, 'objects', actor, around);
        const entry = s3.read(object, stored.versionId);
        if (entry?.eTag !== stored.eTag) throw new RetryableError('PreconditionFailed', 'changed while read');
        return checksumOf(entry.bytes, algorithm);
      }),
  };
}
