import type { Readable } from 'node:stream';
import {
  GetBucketRequestPaymentCommand,
  GetObjectCommand,
  HeadBucketCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectAddress } from '../../../core/finding.ts';
import type { RefusedReason } from '../../../core/outcome.ts';
import { awsErrorName, errorClassOf, isTransient, retryable } from '../../sdk/aws-errors.ts';
import type { ErrorClass } from '../../sdk/error-class.ts';

/**
 * Requests the first byte, because an error of GET has a name and an error of HEAD has none. Returns
 * `undefined` if the object can be read.
 */
export async function errorClassOfRead(
  client: S3Client,
  object: ObjectAddress,
  versionId: string | undefined,
): Promise<ErrorClass | undefined> {
  try {
    const answer = await client.send(
      new GetObjectCommand({
        Bucket: object.bucket,
        Key: object.key,
        VersionId: versionId,
        ExpectedBucketOwner: object.accountId,
        Range: 'bytes=0-0',
      }),
    );
    // The body is not read to its end, because a store that ignores ranges would send the whole object. An
    // aborted body emits an error event, which would end the process without a listener.
    const body = answer.Body as Readable | undefined;
    body?.on('error', () => undefined);
    body?.destroy();
    return undefined;
  } catch (error) {
    // An empty object has no first byte.
    return awsErrorName(error) === 'InvalidRange' ? undefined : errorClassOf(error);
  }
}

/**
 * "Access denied" has several causes with different remedies. They are looked for only once an object is
 * refused. If the worker may not ask for the cause either, the reason is `access-denied`.
 */
export async function whyDenied(client: S3Client, object: ObjectAddress): Promise<RefusedReason> {
  const { bucket: Bucket, accountId: ExpectedBucketOwner } = object;
  const isTheirs = await isAllowed(client.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner })));
  if (!isTheirs && (await isAllowed(client.send(new HeadBucketCommand({ Bucket }))))) return 'wrong-owner';
  const payment = client.send(new GetBucketRequestPaymentCommand({ Bucket, ExpectedBucketOwner }));
  const { Payer } = await payment.catch(unlessTransient);
  return Payer === 'Requester' ? 'requester-pays' : 'access-denied';
}

/** A network error says nothing about permissions, and must not lead to parking. */
async function isAllowed(call: Promise<unknown>): Promise<boolean> {
  const answer = await call.catch(unlessTransient);
  return answer !== nothing;
}

const nothing: { readonly Payer?: never } = {};

function unlessTransient(error: unknown): typeof nothing {
  if (isTransient(error)) throw retryable(error, 'asking for the cause of a denial');
  return nothing;
}
