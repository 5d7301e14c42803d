import type { SourceBuckets } from '../../../core/source-buckets.ts';
import { errorClassOf, retryable } from '../../sdk/aws-errors.ts';
import { partSizesOf } from '../copy/part-sizes.ts';
import { hashObject } from '../object/hash-object.ts';
import { listVersions } from '../object/list-versions.ts';
import { readTagsIfAllowed } from '../object/object-tags.ts';
import { createDeletes } from './source-deletes.ts';
import { type ClientFor, sourceError } from './source-errors.ts';
import { createHead } from './source-head.ts';
import { createVersioning } from './source-versioning.ts';

export interface SourceOptions {
  readonly clientFor: ClientFor;
  /** Whether to delete without a condition if a store has no conditional delete. Only stand-ins for S3 have none. */
  readonly unconditionalDelete: 'never' | 'when-unsupported';
}

export function createSourceBuckets({ clientFor, unconditionalDelete }: SourceOptions): SourceBuckets {
  const head = createHead(clientFor);
  return {
    head,
    ...createVersioning(clientFor),
    ...createDeletes(clientFor, unconditionalDelete, head),

    async listVersions(object) {
      try {
        return await listVersions(clientFor(object), object);
      } catch (error) {
        throw await sourceError(clientFor, object, errorClassOf(error), error, 'ListObjectVersions');
      }
    },

    async partSizes(object, stored) {
      try {
        return await partSizesOf(clientFor(object), object, stored);
      } catch (error) {
        throw await sourceError(clientFor, object, errorClassOf(error), error, 'GetObjectAttributes');
      }
    },

    async mayReadTags(object, versionId) {
      try {
        return (await readTagsIfAllowed(clientFor(object), object, versionId)) !== undefined;
      } catch (error) {
        throw retryable(error, 'GetObjectTagging');
      }
    },

    async hash(object, stored, algorithm) {
      const { bucket, key, accountId: owner } = object;
      const { eTag, sizeBytes, versionId } = stored;
      try {
        return await hashObject(clientFor(object), {
          bucket,
          key,
          ...(versionId !== undefined && { versionId }),
          eTag,
          sizeBytes,
          owner,
          algorithm,
        });
      } catch (error) {
        throw await sourceError(clientFor, object, errorClassOf(error), error, 'GetObject');
      }
    },
  };
}
