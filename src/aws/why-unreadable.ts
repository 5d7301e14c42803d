import type { Readable } from 'node:stream';
import {
  GetBucketRequestPaymentCommand,
  GetObjectCommand,
  HeadBucketCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectAddress } from '../core/finding.ts';
import type { RefusedReason } from '../core/outcome.ts';
import { type Fault, faultOf } from './aws-errors.ts';

/**
 * Asks for the first byte, because an error of GET has a name where one of HEAD has none. `undefined`:
 * the object can be read.
 */
export async function faultOfRead(
  client: S3Client,
  object: ObjectAddress,
  versionId: string | undefined,
): Promise<Fault | undefined> {
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
    // Not read to its end: a store that ignores ranges would send the whole object. A body that is broken
    // off says so by an error event, which would end the process if nobody listened.
    const body = answer.Body as Readable | undefined;
    body?.on('error', () => undefined);
    body?.destroy();
    return undefined;
  } catch (error) {
    // An empty object has no first byte.
    return error instanceof Error && error.name === 'InvalidRange' ? undefined : faultOf(error);
  }
}

/**
 * "Access denied" has more than one cause that a person would mend differently. Asked only once an object
 * is refused; who may not ask this either gets the plain answer.
 */
export async function whyDenied(client: S3Client, object: ObjectAddress): Promise<RefusedReason> {
  const { bucket: Bucket, accountId: ExpectedBucketOwner } = object;
  const goesWell = (call: Promise<unknown>) =>
    call.then(
      () => true,
      () => false,
    );
  const isTheirs = await goesWell(client.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner })));
  if (!isTheirs) {
    return (await goesWell(client.send(new HeadBucketCommand({ Bucket })))) ? 'wrong-owner' : 'access-denied';
  }
  try {
    const answer = await client.send(new GetBucketRequestPaymentCommand({ Bucket, ExpectedBucketOwner }));
    return answer.Payer === 'Requester' ? 'requester-pays' : 'access-denied';
  } catch {
    return 'access-denied';
  }
}
