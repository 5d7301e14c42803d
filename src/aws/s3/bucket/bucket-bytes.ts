import type { S3Client } from '@aws-sdk/client-s3';
import { errorClassOf } from '../../sdk/aws-errors.ts';
import { listPages } from '../object/list-keys.ts';

export interface BucketBytes {
  readonly objects: number;
  readonly bytes: number;
}

/**
 * Adds up the objects of a bucket with one of these extensions, in any case; without extensions, all objects. Returns
 * `undefined` if the bucket may not be listed.
 */
export async function bucketBytes(
  client: S3Client,
  { bucket, extensions, owner }: { bucket: string; owner: string; extensions: readonly string[] },
  report: (sum: BucketBytes) => void,
): Promise<BucketBytes | undefined> {
  const ends = extensions.map((extension) => `.${extension.toLowerCase()}`);
  let objects = 0;
  let bytes = 0;
  try {
    for await (const { Contents = [] } of listPages(client, { bucket, owner, prefix: '' })) {
      for (const { Key = '', Size = 0 } of Contents) {
        if (ends.length > 0 && !ends.some((end) => Key.toLowerCase().endsWith(end))) continue;
        objects += 1;
        bytes += Size;
      }
      report({ objects, bytes });
    }
    return { objects, bytes };
  } catch (error) {
    if (errorClassOf(error).kind === 'denied') return undefined;
    throw error;
  }
}
