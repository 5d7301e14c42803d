import type { Alert } from '../../../src/core/alert.ts';
import type { ObjectAddress } from '../../../src/core/finding.ts';
import type { DeleteAnswer, IsolationBucket, Ports, SourceBuckets } from '../../../src/core/ports.ts';
import type { Actor } from '../actor.ts';
import type { Product } from '../product.ts';
import { isolationAccount, isolationBucketName } from '../world.ts';
import { checksumOf, type Entry, headOf, idOf, partSizesOf } from './objects.ts';
import type { ModelS3, Place } from './s3.ts';

/** A condition that S3 is told to forget, so that a test can see what it is good for. */
export type Forgotten = 'CopySourceIfMatch' | 'If-Match on delete' | 'If-Match on marker' | 'IfNoneMatch';

/** Hears what a worker asks and says, as it happens. */
export interface Witness {
  refused(by: string): void;
  listed(by: string, at: Place, entries: readonly Entry[]): void;
  sawVersioning(by: string, state: 'enabled' | 'suspended' | 'never'): void;
  looked(by: string, at: Place, versionId: string | undefined): void;
  copied(by: string, copy: Entry): void;
  restored(entry: Entry, copy: Entry): void;
  wrote(by: string, key: string, json: string): void;
  alerted(by: string, alert: Alert): void;
}

export interface Surroundings {
  readonly product: Product;
  readonly s3: ModelS3;
  readonly witness: Witness;
  readonly forgotten: ReadonlySet<Forgotten>;
  readonly showsLocks: boolean;
  /** Whether the next copy arrives with other bytes. */
  takeCorruption(): boolean;
  clock(actor: Actor): Date;
}

/** The ports of the core on the model, each call a moment at which anything else may happen first. */
export function createModelPorts(actor: Actor, around: Surroundings): Ports {
  return {
    source: createSource(actor, around),
    isolation: createIsolation(actor, around),
    alerts: {
      publish: (alert) =>
        actor.call('alerts.publish', () => {
          around.witness.alerted(actor.name, alert);
          return 'sent' as const;
        }),
    },
    clock: () => around.clock(actor),
    observer: { stepDone: () => undefined, alertDone: () => undefined, messageRead: () => undefined },
  };
}

function createSource(actor: Actor, around: Surroundings): SourceBuckets {
  const { s3, witness, forgotten, showsLocks } = around;
  const { RefusedError, RetryableError } = around.product;
  const readable = (object: ObjectAddress) => {
    const bucket = s3.bucket(object.bucket);
    if (bucket.accountId !== object.accountId) throw new RefusedError('wrong-owner', 'another account');
    if (!bucket.readsDenied) return bucket;
    witness.refused(actor.name);
    throw new RefusedError('access-denied', 'by policy');
  };
  const refusal = (object: ObjectAddress): DeleteAnswer | undefined => {
    const bucket = s3.bucket(object.bucket);
    if (bucket.accountId !== object.accountId) throw new RefusedError('wrong-owner', 'another account');
    return bucket.deletesDenied ? { kind: 'refused', reason: 'delete-denied' } : undefined;
  };
  const shown = (entry: Entry) => {
    const { lock, ...head } = headOf(entry);
    return { ...head, ...(showsLocks && lock && { lock }) };
  };

  return {
    head: (object, versionId) =>
      actor.call('source.head', () => {
        readable(object);
        witness.looked(actor.name, object, versionId);
        const entry = s3.read(object, versionId);
        return entry && shown(entry);
      }),
    listVersions: (object) =>
      actor.call('source.listVersions', () => {
        readable(object);
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
        const { versioning } = readable(object);
        witness.sawVersioning(actor.name, versioning);
        return versioning;
      }),
    deleteCurrent: (object, ifMatchETag) =>
      actor.call('source.deleteCurrent', () => {
        const refused = refusal(object);
        if (refused) return refused;
        const versioned = s3.bucket(object.bucket).versioning !== 'never';
        const ignored = forgotten.has(versioned ? 'If-Match on marker' : 'If-Match on delete');
        const current = s3.entries(object)[0];
        const matches = current !== undefined && !current.isMarker && current.eTag === ifMatchETag;
        if (!matches && !ignored) return { kind: 'precondition-failed' };
        const marker = s3.deletePlainly(object, actor.name);
        return marker ? { kind: 'marker-put', markerVersionId: idOf(marker) } : { kind: 'deleted' };
      }),
    deleteVersion: (object, versionId) =>
      actor.call('source.deleteVersion', () => {
        const refused = refusal(object);
        if (refused) return refused;
        const entry = s3.entries(object).find((other) => idOf(other) === versionId);
        if (entry?.lock) return { kind: 'refused', reason: 'locked' };
        s3.deleteVersion(object, versionId, actor.name);
        return { kind: 'deleted' };
      }),
    partSizes: (object, stored) =>
      actor.call('source.partSizes', () => {
        readable(object);
        const entry = s3.read(object, stored.versionId);
        return entry && partSizesOf(entry.bytes);
      }),
    hash: (object, stored, algorithm) =>
      actor.call('source.hash', () => {
        readable(object);
        const entry = s3.read(object, stored.versionId);
        if (entry?.eTag !== stored.eTag) throw new RetryableError('PreconditionFailed', 'changed while read');
        return checksumOf(entry.bytes, algorithm);
      }),
  };
}

function createIsolation(actor: Actor, around: Surroundings): IsolationBucket {
  const { s3, witness, forgotten } = around;
  const { RefusedError } = around.product;
  const at = (key: string): Place => ({ bucket: isolationBucketName, key });

  return {
    name: isolationBucketName,
    region: 'us-east-1',
    copy: ({ from, stored, toKey, metadata, checksum, partSizes }) =>
      actor.call('isolation.copy', () => {
        const corrupted = around.takeCorruption();
        if (s3.bucket(from.bucket).readsDenied) {
          witness.refused(actor.name);
          throw new RefusedError('access-denied', 'by policy');
        }
        const entry = s3.read(from, stored.versionId);
        const unchanged = entry?.eTag === stored.eTag || forgotten.has('CopySourceIfMatch');
        if (entry === undefined || !unchanged) return { kind: 'precondition-failed' };
        if (s3.read(at(toKey)) && !forgotten.has('IfNoneMatch')) return { kind: 'precondition-failed' };
        const bytes = corrupted ? 'ZZZZ' : entry.bytes;
        const shown = checksumOf(bytes, checksum.algorithm, partSizes);
        const copy = s3.put(
          at(toKey),
          {
            bytes,
            form: 'kms',
            metadata: metadata ?? entry.metadata,
            checksum: shown,
            copyOf: { bucket: from.bucket, key: from.key, write: entry.write },
          },
          actor.name,
        );
        if (!corrupted) witness.copied(actor.name, copy);
        return { kind: 'copied', resumed: false, tagsCopied: true, checksum: shown };
      }),
    head: (key) =>
      actor.call('isolation.head', () => {
        witness.looked(actor.name, at(key), undefined);
        const entry = s3.read(at(key));
        return entry && headOf(entry);
      }),
    hash: (key, _stored, algorithm) =>
      actor.call('isolation.hash', () => checksumOf(s3.read(at(key))?.bytes ?? '', algorithm)),
    put: (key, json) =>
      actor.call('isolation.put', () => {
        if (s3.read(at(key))) return 'exists';
        s3.put(at(key), { bytes: json, form: 'kms' }, actor.name);
        witness.wrote(actor.name, key, json);
        return 'written';
      }),
    get: (key) => actor.call('isolation.get', () => s3.read(at(key))?.bytes),
  };
}

/** The isolation bucket as the model has it. */
export const isolationBucketSpec = {
  name: isolationBucketName,
  accountId: isolationAccount,
  versioning: 'never' as const,
};
