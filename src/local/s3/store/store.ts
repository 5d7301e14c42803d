import { randomBytes } from 'node:crypto';
import { S3Error } from '../s3-error.ts';
import type { Bucket, DefaultRetention, KeyState, Version, Versioning } from './bucket.ts';

/** All data of the stand-in. Tests may read and change it. */
export interface Store {
  readonly buckets: Map<string, Bucket>;
  /** The states of KMS keys, by key id or ARN as requests name them. */
  readonly keys: Map<string, KeyState>;
  createBucket(name: string, options?: BucketOptions): Bucket;
  bucket(name: string): Bucket;
  put(bucket: Bucket, key: string, version: Omit<Version, 'id'>): Version;
  /** A delete without a version id. Returns the marker that it put, if it put a marker. */
  plainDelete(bucket: Bucket, key: string, now: Date): Version | undefined;
  /** Returns the version that was deleted. */
  deleteVersion(bucket: Bucket, key: string, versionId: string): Version | undefined;
}

export interface BucketOptions {
  readonly versioning?: Versioning;
  readonly owner?: string;
  readonly region?: string;
  readonly objectLock?: boolean;
  readonly shared?: boolean;
  readonly defaultRetention?: DefaultRetention | undefined;
}

export function createStore(owner: string, region: string): Store {
  const buckets = new Map<string, Bucket>();
  const idFor = (bucket: Bucket) =>
    bucket.versioning === 'enabled' ? randomBytes(24).toString('base64url') : 'null';

  const insert = (bucket: Bucket, key: string, version: Version): Version => {
    const older = (bucket.objects.get(key) ?? []).filter(({ id }) => id !== version.id);
    bucket.objects.set(key, [version, ...older]);
    return version;
  };

  return {
    buckets,
    keys: new Map(),
    createBucket(name, options = {}) {
      if (buckets.has(name)) throw new S3Error('BucketAlreadyOwnedByYou');
      const bucket: Bucket = {
        name,
        owner: options.owner ?? owner,
        region: options.region ?? region,
        versioning: options.objectLock ? 'enabled' : (options.versioning ?? 'never'),
        objectLock: options.objectLock ?? false,
        shared: options.shared ?? false,
        defaultRetention: options.defaultRetention,
        mfaDelete: false,
        requesterPays: false,
        denials: [],
        objects: new Map(),
        uploads: new Map(),
      };
      buckets.set(name, bucket);
      return bucket;
    },
    bucket(name) {
      const bucket = buckets.get(name);
      if (!bucket) throw new S3Error('NoSuchBucket', undefined, { details: { BucketName: name } });
      return bucket;
    },
    put: (bucket, key, version) => insert(bucket, key, { ...version, id: idFor(bucket) }),
    plainDelete(bucket, key, now) {
      if (bucket.versioning === 'never') {
        bucket.objects.delete(key);
        return undefined;
      }
      return insert(bucket, key, { ...deleteMarker, id: idFor(bucket), lastModified: now });
    },
    deleteVersion(bucket, key, versionId) {
      const versions = bucket.objects.get(key) ?? [];
      const found = versions.find(({ id }) => id === versionId);
      const rest = versions.filter((version) => version !== found);
      if (rest.length > 0) bucket.objects.set(key, rest);
      else bucket.objects.delete(key);
      return found;
    },
  };
}

const deleteMarker: Omit<Version, 'id' | 'lastModified'> = {
  isMarker: true,
  content: [],
  sizeBytes: 0,
  eTag: '',
  metadata: {},
  headers: {},
  tags: [],
  storageClass: 'STANDARD',
  encryption: {},
};
