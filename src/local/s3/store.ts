import { randomBytes } from 'node:crypto';
import type { Content } from './content.ts';
import { S3Error } from './s3-error.ts';

export type Versioning = 'never' | 'enabled' | 'suspended';

export interface StoredChecksum {
  readonly algorithm: string;
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** One version of an object, or a delete marker. */
export interface Version {
  /** `null` where the bucket was not versioned when it was put. */
  readonly id: string;
  readonly isMarker: boolean;
  readonly content: Content;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly eTag: string;
  readonly lastModified: Date;
  readonly checksum?: StoredChecksum | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** Content headers by their HTTP names. */
  readonly headers: Readonly<Record<string, string>>;
  tags: readonly (readonly [string, string])[];
  readonly storageClass: string;
  readonly encryption: Readonly<Record<string, string>>;
  /** Object Lock: refuses the delete of this version. */
  lock?: 'GOVERNANCE' | 'COMPLIANCE' | 'legal-hold' | undefined;
}

export interface Bucket {
  readonly name: string;
  readonly owner: string;
  readonly region: string;
  versioning: Versioning;
  /** Newest first. */
  readonly objects: Map<string, Version[]>;
  readonly uploads: Map<string, Upload>;
}

export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly initiated: Date;
  readonly template: Pick<Version, 'metadata' | 'headers' | 'tags' | 'storageClass' | 'encryption'>;
  readonly checksumAlgorithm: string;
  readonly checksumType: 'FULL_OBJECT' | 'COMPOSITE';
  readonly parts: Map<number, UploadedPart>;
}

export interface UploadedPart {
  readonly number: number;
  readonly content: Content;
  readonly sizeBytes: number;
  readonly eTag: string;
  readonly checksum: string;
  readonly lastModified: Date;
}

/** Everything that the stand-in holds. Tests may look and reach into it. */
export interface Store {
  readonly buckets: Map<string, Bucket>;
  createBucket(name: string, options?: { versioning?: Versioning; owner?: string; region?: string }): Bucket;
  bucket(name: string): Bucket;
  put(bucket: Bucket, key: string, version: Omit<Version, 'id'>): Version;
  /** A delete without a version id: the marker that it put, or nothing. */
  deleteCurrent(bucket: Bucket, key: string, now: Date): Version | undefined;
  /** The version that was there. */
  deleteVersion(bucket: Bucket, key: string, versionId: string): Version | undefined;
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
    createBucket(name, options = {}) {
      if (buckets.has(name)) throw new S3Error('BucketAlreadyOwnedByYou');
      const bucket: Bucket = {
        name,
        owner: options.owner ?? owner,
        region: options.region ?? region,
        versioning: options.versioning ?? 'never',
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
    deleteCurrent(bucket, key, now) {
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
