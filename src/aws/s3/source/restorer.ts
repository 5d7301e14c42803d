import {
  type ChecksumAlgorithm,
  CopyObjectCommand,
  type S3Client,
  type StorageClass,
} from '@aws-sdk/client-s3';
import { provableByMultipart } from '../../../core/checksum.ts';
import { maximumSingleCopyBytes } from '../../../core/copy/proof.ts';
import { RefusedError } from '../../../core/errors.ts';
import { releaseMark } from '../../../core/evidence/release-records.ts';
import type { ObjectAddress } from '../../../core/finding.ts';
import type { PropertyName } from '../../../core/properties.ts';
import type { RestoreRequest, Restorer } from '../../../core/restorer.ts';
import { errorClassOf, retryable } from '../../sdk/aws-errors.ts';
import { contentInput, destinationCondition, taggingInput } from '../copy/copy-input.ts';
import { copyToUpload, type MultipartSettings } from '../copy/copy-parts.ts';
import { copySource } from '../copy/copy-source.ts';
import { beginUpload } from '../copy/multipart-upload.ts';
import type { PropertyRefusal } from '../copy/property-refusal.ts';
import { planLessRestore, planRestore, type RestorePlan } from '../copy/restore-plan.ts';
import { withLess } from '../copy/with-fewer-properties.ts';
import { answerTimeoutMs } from '../object/answer-timeout.ts';
import { quoted } from '../object/etag.ts';
import { readTags, readTagsIfAllowed } from '../object/object-tags.ts';

export interface RestorerOptions {
  readonly isolationBucket: string;
  /** The account that owns the isolation bucket. */
  readonly owner: string;
  readonly isolationClient: S3Client;
  /** Returns the client that may read the isolation bucket and write at the source. */
  readonly clientFor: (object: ObjectAddress) => S3Client;
  readonly multipartThresholdBytes: number;
  readonly multipart: MultipartSettings;
}

/** Puts isolated objects back with the operator's permissions. The worker has no permission to write at the source. */
export function createRestorer(options: RestorerOptions): Restorer {
  const { isolationBucket, owner, isolationClient, clientFor } = options;

  const prepare = async (request: RestoreRequest) => {
    const { isolationKey, isolated } = request;
    const from = { accountId: owner, bucket: isolationBucket, key: isolationKey };
    const { checksum, sizeBytes } = isolated;
    const hasProof = checksum?.type === 'COMPOSITE' || provableByMultipart(checksum?.algorithm ?? '');
    // Metadata that HTTP cannot repeat travels only with a single CopyObject.
    const fits = isolated.missingMetadata > 0 && sizeBytes <= maximumSingleCopyBytes;
    const inParts = sizeBytes > options.multipartThresholdBytes && !fits && hasProof;
    const source = copySource(from, undefined);
    const tags = await readTagsIfAllowed(isolationClient, from, undefined);
    const plan = planRestore(request, tags, !inParts, source.length);
    return { from, plan, source, ...(inParts && checksum && { inPartsWith: checksum }) };
  };

  const restore = async (request: RestoreRequest): Promise<readonly PropertyName[]> => {
    const { isolated, to } = request;
    const { from, inPartsWith: checksum, plan: first, source } = await prepare(request);
    const client = clientFor(to);
    const destination = { Bucket: to.bucket, Key: to.key, ExpectedBucketOwner: to.accountId };
    const less = (plan: RestorePlan, refusal: PropertyRefusal) =>
      planLessRestore(plan, refusal, request, checksum === undefined);
    if (checksum !== undefined) {
      const begun = await withLess(first, less, (plan) =>
        beginUpload(client, destination, checksum, propertiesInput(plan)),
      );
      const { over } = request;
      const copy = {
        from,
        stored: isolated,
        isolationKey: to.key,
        checksum,
        ...(over !== undefined && { over }),
      };
      await copyToUpload(client, begun.answer, copy, options.multipart);
      return begun.plan.lost;
    }
    const { plan } = await withLess(first, less, ({ headers, tags, ...plan }) =>
      client.send(
        new CopyObjectCommand({
          ...destination,
          ...destinationCondition(request.over),
          CopySource: source,
          CopySourceIfMatch: quoted(isolated.eTag),
          ExpectedSourceBucketOwner: owner,
          TaggingDirective: tags ? 'REPLACE' : 'COPY',
          MetadataDirective: headers ? 'REPLACE' : 'COPY',
          ...propertiesInput({ ...plan, ...(headers && { headers }), ...(tags && { tags }) }),
          ...(isolated.checksum && { ChecksumAlgorithm: isolated.checksum.algorithm as ChecksumAlgorithm }),
        }),
        { requestTimeout: answerTimeoutMs(isolated.sizeBytes) },
      ),
    );
    return plan.lost;
  };

  return {
    async expectedLoss(request) {
      try {
        return (await prepare(request)).plan.lost;
      } catch (error) {
        throw retryable(error, 'GetObjectTagging at the isolation bucket');
      }
    },

    async restore(request) {
      try {
        return { lost: await restore(request) };
      } catch (error) {
        const errorClass = errorClassOf(error);
        if (errorClass.kind === 'precondition-failed') return 'occupied';
        if (errorClass.kind === 'denied') {
          throw new RefusedError('access-denied', 'the object may not be put back', { cause: error });
        }
        throw retryable(error, 'CopyObject');
      }
    },

    async isMarked(object, stored) {
      if (releaseMark in stored.metadata) return true;
      try {
        const tags = await readTags(clientFor(object), object, stored.versionId);
        return tags.some(([key]) => key === releaseMark);
      } catch (error) {
        throw retryable(error, 'GetObjectTagging');
      }
    },
  };
}

function propertiesInput({ headers, storageClass, tags, websiteRedirect }: RestorePlan) {
  return {
    ...(headers && { Metadata: { ...headers.metadata }, ...contentInput(headers.contentHeaders) }),
    ...(tags && taggingInput(tags)),
    ...(storageClass !== 'STANDARD' && { StorageClass: storageClass as StorageClass }),
    ...(websiteRedirect !== undefined && { WebsiteRedirectLocation: websiteRedirect }),
  };
}
