import { DeleteObjectCommand, type DeleteObjectCommandInput } from '@aws-sdk/client-s3';
import { RetryableError } from '../../../core/errors.ts';
import type { ObjectAddress } from '../../../core/finding.ts';
import type { DeleteAnswer, SourceBuckets } from '../../../core/source-buckets.ts';
import { nullVersion } from '../../../core/version-id.ts';
import { errorClassOf } from '../../sdk/aws-errors.ts';
import type { ErrorClass } from '../../sdk/error-class.ts';
import { quoted } from '../object/etag.ts';
import { listVersions } from '../object/list-versions.ts';
import { type ClientFor, sourceError } from './source-errors.ts';

/** Deletes what a condition or a version id names, and nothing else. */
export function createDeletes(
  clientFor: ClientFor,
  unconditionalDelete: 'never' | 'when-unsupported',
  head: SourceBuckets['head'],
): Pick<SourceBuckets, 'plainDelete' | 'deleteVersion'> {
  const refusalOf = async (
    object: ObjectAddress,
    errorClass: ErrorClass,
    error: unknown,
  ): Promise<DeleteAnswer> => {
    switch (errorClass.kind) {
      case 'precondition-failed':
        return { kind: 'precondition-failed' };
      case 'denied':
        return { kind: 'not-deleted', reason: 'delete-denied' };
      case 'locked':
        return { kind: 'not-deleted', reason: 'locked' };
      case 'mfa-required':
        return { kind: 'not-deleted', reason: 'mfa-delete' };
      case 'unsupported':
        return { kind: 'not-deleted', reason: 'conditional-delete-unsupported' };
      default:
        throw await sourceError(clientFor, object, errorClass, error, 'DeleteObject');
    }
  };

  const send = async (
    object: ObjectAddress,
    target: Partial<DeleteObjectCommandInput>,
  ): Promise<DeleteAnswer> => {
    const { bucket: Bucket, key: Key, accountId: ExpectedBucketOwner } = object;
    const command = new DeleteObjectCommand({ Bucket, Key, ExpectedBucketOwner, ...target });
    const answer = await clientFor(object).send(command);
    if (target.VersionId === undefined && answer.DeleteMarker === true) {
      return { kind: 'marker-put', markerVersionId: answer.VersionId ?? nullVersion };
    }
    // The DeleteMarker flag would also be true if a marker was removed. A different version id means that the
    // store did something else.
    if (target.VersionId !== undefined && ![undefined, target.VersionId].includes(answer.VersionId)) {
      throw new RetryableError('OtherVersionDeleted', 'the store did not delete the named version');
    }
    // S3 answers 204, names the version and gives the answer an id. Any other answer comes from a proxy and is not
    // believed.
    const { httpStatusCode, requestId } = answer.$metadata;
    const isSound =
      httpStatusCode === 204 && requestId !== undefined && answer.VersionId === target.VersionId;
    if (!isSound && (await isListed(object, target.VersionId ?? nullVersion))) {
      throw new RetryableError('NotDeleted', 'the store answered a delete, but the object still exists');
    }
    return { kind: 'deleted' };
  };

  const isListed = async (object: ObjectAddress, versionId: string): Promise<boolean> => {
    const listed = await listVersions(clientFor(object), object);
    return listed.some((version) => version.versionId === versionId);
  };

  /**
   * Reads again, compares, deletes. The window between the read and the delete stays open, so this is never
   * used with S3 itself.
   */
  const deleteUnconditionally = async (object: ObjectAddress, eTag: string): Promise<DeleteAnswer> => {
    const now = await head(object);
    return now?.eTag === eTag ? send(object, {}) : { kind: 'precondition-failed' };
  };

  return {
    async plainDelete(object, ifMatchETag) {
      try {
        return await send(object, { IfMatch: quoted(ifMatchETag) });
      } catch (error) {
        const errorClass = errorClassOf(error);
        if (errorClass.kind === 'absent') return { kind: 'precondition-failed' };
        if (errorClass.kind === 'unsupported' && unconditionalDelete === 'when-unsupported') {
          return deleteUnconditionally(object, ifMatchETag);
        }
        return await refusalOf(object, errorClass, error);
      }
    },

    async deleteVersion(object, versionId) {
      try {
        return await send(object, { VersionId: versionId });
      } catch (error) {
        const errorClass = errorClassOf(error);
        const seemsGone = errorClass.kind === 'absent' || errorClass.kind === 'malformed-version';
        if (seemsGone && !(await isListed(object, versionId))) return { kind: 'deleted' };
        return await refusalOf(object, errorClass, error);
      }
    },
  };
}
