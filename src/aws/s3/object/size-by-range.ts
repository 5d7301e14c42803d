import type { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { awsErrorName } from '../../sdk/aws-errors.ts';
import { eTagOf, quoted } from './etag.ts';

interface Sized {
  readonly bucket: string;
  readonly key: string;
  readonly owner: string;
  readonly versionId?: string | undefined;
  readonly eTag: string;
}

/**
 * Finds the size of an object whose HEAD has no Content-Length, as some stores and gateways answer: the
 * answer to a range names the whole size. Returns `undefined` if the store does not tell. An unknown size
 * must not count as 0.
 */
export async function sizeByRange(client: S3Client, object: Sized): Promise<number | undefined> {
  try {
    const answer = await client.send(
      new GetObjectCommand({
        Bucket: object.bucket,
        Key: object.key,
        VersionId: object.versionId,
        IfMatch: quoted(object.eTag),
        ExpectedBucketOwner: object.owner,
        Range: 'bytes=0-0',
      }),
    );
    const body = answer.Body as Readable | undefined;
    body?.on('error', () => undefined);
    body?.destroy();
    // The length of a proxy's page would count as the size of the object.
    eTagOf(answer, 'GetObject');
    const whole = /^bytes 0-0\/(\d{1,15})$/.exec(answer.ContentRange ?? '')?.[1];
    if (whole !== undefined) return Number(whole);
    // A store that ignores ranges sends the whole object.
    return answer.ContentRange === undefined && answer.$metadata.httpStatusCode === 200
      ? answer.ContentLength
      : undefined;
  } catch (error) {
    // An empty object has no first byte.
    if (awsErrorName(error) === 'InvalidRange') return 0;
    throw error;
  }
}
