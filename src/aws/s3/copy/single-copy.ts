import {
  type ChecksumAlgorithm,
  CopyObjectCommand,
  type CopyObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectAddress } from '../../../core/finding.ts';
import type { CopyAnswer, CopyRequest } from '../../../core/isolation-bucket.ts';
import { isNotTaken } from '../../sdk/aws-errors.ts';
import { quoted } from '../object/etag.ts';
import { seeTagsIfAllowed } from '../object/object-tags.ts';
import { checksumOf } from '../object/stored-object.ts';
import { withAddedTags } from './added-tags.ts';
import { contentInput, copyOptions, type DestinationInput, taggingInput } from './copy-input.ts';
import { copySource } from './copy-source.ts';
import {
  carriedBy,
  metadataOf,
  type PropertyPlan,
  planOfCopy,
  withOwnTags,
  withoutTags,
} from './property-plan.ts';
import { namesProperties } from './property-refusal.ts';
import { withFewerProperties } from './with-fewer-properties.ts';

export interface SingleCopierOptions {
  readonly client: S3Client;
  /**
   * Returns the client that makes the copy, if it is a different client: it must be able to read the source
   * and to write in the isolation bucket.
   */
  readonly copyClientFor?: (object: ObjectAddress) => S3Client;
  /** Returns the client for questions about the source. */
  readonly sourceClientFor: (object: ObjectAddress) => S3Client;
}

/** Returns a copy in one call. It leaves out what the store does not support, and properties that S3 refuses. */
export function createSingleCopier(
  { client, copyClientFor = () => client, sourceClientFor }: SingleCopierOptions,
  destination: (key: string) => DestinationInput,
) {
  const send = async (
    { from, stored, isolationKey }: CopyRequest,
    plan: PropertyPlan,
    directives: Pick<CopyObjectCommandInput, 'ChecksumAlgorithm' | 'AnnotationDirective'>,
  ): Promise<CopyAnswer> => {
    const { headers, tags } = plan;
    const answer = await copyClientFor(from).send(
      new CopyObjectCommand({
        ...destination(isolationKey),
        IfNoneMatch: '*',
        CopySource: copySource(from, stored.versionId),
        CopySourceIfMatch: quoted(stored.eTag),
        ExpectedSourceBucketOwner: from.accountId,
        ...directives,
        // S3 copies metadata by default. Without a directive, stores that do not know the directive can copy
        // too.
        ...(headers && {
          MetadataDirective: 'REPLACE',
          Metadata: metadataOf(plan),
          ...contentInput(headers.contentHeaders),
        }),
        ...(tags && { TaggingDirective: 'REPLACE', ...taggingInput(tags) }),
      }),
      copyOptions(stored.sizeBytes),
    );
    const checksum = checksumOf(answer.CopyObjectResult ?? {});
    return {
      kind: 'copied',
      resumed: false,
      ...carriedBy(plan),
      isBare: headers === undefined,
      ...(checksum && { checksum }),
    };
  };

  const copyByPlan = async (
    request: CopyRequest,
    plan: PropertyPlan,
    annotations: Pick<CopyObjectCommandInput, 'AnnotationDirective'>,
  ): Promise<CopyAnswer> => {
    const ChecksumAlgorithm = request.checksum.algorithm as ChecksumAlgorithm;
    try {
      return await send(request, plan, { ChecksumAlgorithm, ...annotations });
    } catch (error) {
      if (!isNotTaken(error) || namesProperties(error)) throw error;
      // A store that cannot compute this checksum can still copy. The copy is then read and hashed.
      return await send(request, plan, {});
    }
  };

  return async (request: CopyRequest, tags: 'with-tags' | 'without-tags'): Promise<CopyAnswer> => {
    const { from, stored } = request;
    const plan = planOfCopy(request);
    const isWithTags = tags === 'with-tags';
    const annotations = isWithTags ? {} : ({ AnnotationDirective: 'EXCLUDE' } as const);
    const see = () => seeTagsIfAllowed(sourceClientFor(from), from, stored);
    const { addTags, mayBeFenced = false } = request;
    const mustSee = isWithTags && (mayBeFenced || addTags !== undefined);
    const seen = mustSee ? await see() : undefined;
    // S3 copies the tags of the source by itself, that of a fence too, unless others are sent.
    const own = seen && (mayBeFenced || seen.isFenced) ? withOwnTags(plan, request, seen.own) : plan;
    const first = isWithTags ? withAddedTags(own, request, seen?.own) : withoutTags(plan);
    const readTags = async () => (seen ?? (await see()))?.own;
    const { answer } = await withFewerProperties(request, first, readTags, (by) =>
      copyByPlan(request, by, annotations),
    );
    return answer;
  };
}
