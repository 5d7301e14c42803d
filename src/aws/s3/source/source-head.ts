import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { RefusedError } from '../../../core/errors.ts';
import type { ObjectAddress } from '../../../core/finding.ts';
import type { SourceBuckets } from '../../../core/source-buckets.ts';
import { errorClassOfHead } from '../../sdk/aws-errors.ts';
import type { ErrorClass } from '../../sdk/error-class.ts';
import { unquoted } from '../object/etag.ts';
import { sizeByRange } from '../object/size-by-range.ts';
import { storedObject } from '../object/stored-object.ts';
import { errorClassOfRead } from '../object/why-unreadable.ts';
import { type ClientFor, sourceError } from './source-errors.ts';

/** Looks at one object or version of a source bucket. */
export function createHead(clientFor: ClientFor): SourceBuckets['head'] {
  return async (object, versionId) => {
    try {
      const client = clientFor(object);
      const answer = await client.send(new HeadObjectCommand(headInput(object, versionId)));
      const { accountId: owner, bucket, key } = object;
      const at = { bucket, key, owner, versionId, eTag: unquoted(answer.ETag) };
      const ContentLength = answer.ContentLength ?? (await sizeByRange(client, at));
      if (ContentLength === undefined) {
        throw new RefusedError('unverifiable-size', 'the store does not say how large the object is');
      }
      return storedObject({ ...answer, ContentLength }, versionId);
    } catch (error) {
      if (error instanceof RefusedError) throw error;
      const errorClass =
        errorClassOfHead(error) ?? (await errorClassOfRead(clientFor(object), object, versionId));
      if (errorClass && absent.has(errorClass.kind)) return undefined;
      throw await sourceError(clientFor, object, errorClass ?? { kind: 'transient' }, error, 'HeadObject');
    }
  };
}

const absent: ReadonlySet<ErrorClass['kind']> = new Set(['absent', 'delete-marker', 'malformed-version']);

function headInput(object: ObjectAddress, versionId: string | undefined) {
  return {
    Bucket: object.bucket,
    Key: object.key,
    VersionId: versionId,
    ChecksumMode: 'ENABLED' as const,
    ExpectedBucketOwner: object.accountId,
  };
}
