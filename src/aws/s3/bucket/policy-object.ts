import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { maximumPolicyBytes, type ReadPolicyText } from '../../../core/policy/policy-text.ts';
import { realVersionId } from '../../../core/version-id.ts';
import { awsErrorCode, statusOf } from '../../sdk/aws-errors.ts';
import { eTagOf } from '../object/etag.ts';

/** A read that takes longer counts as failed, and is made again at the next time. */
const deadlineMs = 10_000;

/**
 * Reads the policy from an object, and its bytes only if its ETag changed. The bucket must belong to the given
 * account: its name could belong to somebody else by now.
 */
export function createPolicyObject(
  client: S3Client,
  { bucket, key, owner }: { readonly bucket: string; readonly key: string; readonly owner?: string },
): ReadPolicyText {
  let eTag: string | undefined;
  return async () => {
    try {
      const answer = await client.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          ...(owner !== undefined && { ExpectedBucketOwner: owner }),
          ...(eTag !== undefined && { IfNoneMatch: eTag }),
        }),
        { abortSignal: AbortSignal.timeout(deadlineMs) },
      );
      const text = await textOf(answer.Body as AsyncIterable<Uint8Array> | undefined);
      // A page of a proxy would count as a policy that is not valid.
      const bareETag = eTagOf(answer, 'GetObject');
      eTag = answer.ETag;
      return { kind: 'text', text, version: realVersionId(answer.VersionId) ?? bareETag };
    } catch (error) {
      // S3 answers 304 only to an ETag. To a read without an ETag, a proxy answers it, and nothing was read yet.
      if (statusOf(error) === 304 && eTag !== undefined) return { kind: 'unchanged' };
      return { kind: 'unreadable', problem: `s3://${bucket}/${key} cannot be read (${awsErrorCode(error)})` };
    }
  };
}

/** Reads one byte more than a policy may have, and no more. */
async function textOf(body: AsyncIterable<Uint8Array> = empty()): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length > maximumPolicyBytes) break;
  }
  return Buffer.concat(chunks)
    .subarray(0, maximumPolicyBytes + 1)
    .toString('utf8');
}

async function* empty(): AsyncGenerator<Uint8Array> {}
