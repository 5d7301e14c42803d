import {
  DeleteObjectCommand,
  type DeleteObjectCommandInput,
  GetBucketVersioningCommand,
  type GetBucketVersioningCommandOutput,
  HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { RefusedError, RetryableError } from '../../core/errors.ts';
import type { ObjectAddress } from '../../core/finding.ts';
import type { DeleteAnswer, SourceBuckets } from '../../core/ports.ts';
import { nullVersion } from '../../core/version-id.ts';
import { errorClassOf, errorClassOfHead, retryable } from '../sdk/aws-errors.ts';
import type { ErrorClass } from '../sdk/error-class.ts';
import { quoted, unquoted } from './copy/copy-source.ts';
import { partSizesOf } from './copy/part-sizes.ts';
import { hashObject } from './hash-object.ts';
import { listVersions } from './list-versions.ts';
import { needsMfa, rememberBuckets } from './mfa-delete.ts';
import { readTagsIfAllowed } from './object-tags.ts';
import { sizeByRange } from './size-by-range.ts';
import { storedObject } from './stored-object.ts';
import { errorClassOfRead, whyDenied } from './why-unreadable.ts';

export interface SourceOptions {
  /** Returns the client for the account and region of this object. */
  readonly clientFor: (object: ObjectAddress) => S3Client;
  /** Whether to delete without a condition if a store has no conditional delete. Only stand-ins for S3 have none. */
  readonly unconditionalDelete: 'never' | 'when-unsupported';
}

export function createSourceBuckets({ clientFor, unconditionalDelete }: SourceOptions): SourceBuckets {
  const head: SourceBuckets['head'] = async (object, versionId) => {
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
      throw await asThrown(object, errorClass ?? { kind: 'transient' }, error, 'HeadObject');
    }
  };

  const asThrown = async (
    object: ObjectAddress,
    errorClass: ErrorClass,
    error: unknown,
    doing: string,
  ): Promise<Error> => {
    const cause = { cause: error };
    switch (errorClass.kind) {
      case 'denied':
        return new RefusedError(
          await whyDenied(clientFor(object), object),
          `${doing} at the source is denied`,
          cause,
        );
      case 'no-such-bucket':
        return new RefusedError('no-such-bucket', 'the source bucket does not exist', cause);
      case 'refused':
        return new RefusedError(errorClass.reason, `${doing} at the source is refused`, cause);
      default:
        return retryable(error, doing);
    }
  };

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
        throw await asThrown(object, errorClass, error, 'DeleteObject');
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
    // S3 answers 204 and names the version. Any other answer comes from a proxy and is not believed.
    const isSound = answer.$metadata.httpStatusCode === 204 && answer.VersionId === target.VersionId;
    if (!isSound && (await isListed(object, target.VersionId ?? nullVersion))) {
      throw new RetryableError('NotDeleted', 'the store answered a delete, but the object still exists');
    }
    return { kind: 'deleted' };
  };

  const isListed = async (object: ObjectAddress, versionId: string): Promise<boolean> => {
    const listed = await listVersions(clientFor(object), object);
    return listed.some((version) => version.versionId === versionId);
  };

  const withoutMfa = rememberBuckets();
  const askVersioning = async (object: ObjectAddress): Promise<GetBucketVersioningCommandOutput> => {
    const input = { Bucket: object.bucket, ExpectedBucketOwner: object.accountId };
    try {
      const answer = await clientFor(object).send(new GetBucketVersioningCommand(input));
      if (!needsMfa(answer)) withoutMfa.remember(object);
      return answer;
    } catch (error) {
      throw await asThrown(object, errorClassOf(error), error, 'GetBucketVersioning');
    }
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
    head,

    async listVersions(object) {
      try {
        return await listVersions(clientFor(object), object);
      } catch (error) {
        throw await asThrown(object, errorClassOf(error), error, 'ListObjectVersions');
      }
    },

    async versioning(object) {
      return versioningOf((await askVersioning(object)).Status);
    },

    async needsMfa(object) {
      if (withoutMfa.isKnown(object)) return false;
      return needsMfa(await askVersioning(object));
    },

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

    async partSizes(object, stored) {
      try {
        return await partSizesOf(clientFor(object), object, stored);
      } catch (error) {
        throw await asThrown(object, errorClassOf(error), error, 'GetObjectAttributes');
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
        throw await asThrown(object, errorClassOf(error), error, 'GetObject');
      }
    },
  };
}

/** If the status is absent, the bucket was never versioned. An unknown status must not count as absent. */
function versioningOf(status: string | undefined): 'enabled' | 'suspended' | 'never' {
  switch (status) {
    case 'Enabled':
      return 'enabled';
    case 'Suspended':
      return 'suspended';
    case undefined:
    case '':
      return 'never';
    default:
      throw new RetryableError('UnknownVersioning', 'the status of versioning is not understood');
  }
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
