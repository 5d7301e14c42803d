import { PutObjectTaggingCommand, type PutObjectTaggingCommandOutput } from '@aws-sdk/client-s3';
import { RefusedError, RetryableError } from '../../../core/errors.ts';
import type { SourceTags } from '../../../core/fences.ts';
import type { Tag } from '../../../core/properties.ts';
import { errorClassOf, isTransient, retryable } from '../../sdk/aws-errors.ts';
import type { ErrorClass } from '../../sdk/error-class.ts';
import { readTags } from '../object/object-tags.ts';
import type { ClientFor } from './source-errors.ts';

/** Reads and replaces the tags of flagged objects, by the credentials of the other calls at the source. */
export function createSourceTags(clientFor: ClientFor): SourceTags {
  return {
    async read(object, versionId) {
      try {
        return await readTags(clientFor(object), object, versionId);
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw tagError(error, 'GetObjectTagging');
      }
    },

    async replace(object, versionId, tags) {
      try {
        const client = clientFor(object);
        const answer = await client.send(
          new PutObjectTaggingCommand({
            Bucket: object.bucket,
            Key: object.key,
            VersionId: versionId,
            ExpectedBucketOwner: object.accountId,
            Tagging: { TagSet: tags.map(([Key, Value]) => ({ Key, Value })) },
          }),
        );
        if (!isSound(answer, versionId) && !areSame(await readTags(client, object, versionId), tags)) {
          throw new RetryableError(
            'NotTagged',
            'the store answered PutObjectTagging, but the tags are others',
          );
        }
        return {
          kind: 'replaced',
          ...(answer.VersionId !== undefined && { versionId: answer.VersionId }),
        };
      } catch (error) {
        if (isAbsent(error)) return { kind: 'absent' };
        throw tagError(error, 'PutObjectTagging');
      }
    },
  };
}

/**
 * S3 names the version that it tagged, and gives the answer an id. Any other answer comes from a proxy, and only the tags
 * themselves tell whether they were replaced.
 */
function isSound(
  { $metadata, VersionId }: PutObjectTaggingCommandOutput,
  asked: string | undefined,
): boolean {
  return $metadata.requestId !== undefined && (asked === undefined || VersionId === asked);
}

/** S3 does not keep the order of tags. */
function areSame(one: readonly Tag[], other: readonly Tag[]): boolean {
  const values = new Map(one);
  return one.length === other.length && other.every(([name, value]) => values.get(name) === value);
}

/** `MethodNotAllowed` is also the answer of a store that does not tag: it does not say that the version is gone. */
const absent: ReadonlySet<ErrorClass['kind']> = new Set(['absent', 'malformed-version']);

function isAbsent(error: unknown): boolean {
  return absent.has(errorClassOf(error).kind);
}

/** Whatever keeps S3 from taking the call, the version has no fence. */
function tagError(error: unknown, doing: string): Error {
  if (isTransient(error)) return retryable(error, doing);
  return new RefusedError('access-denied', `${doing} at the source is refused`, { cause: error });
}
