import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { CopyReader } from '../../../core/operate/copy-bytes.ts';
import { bodyOf } from '../object/body.ts';
import { quoted } from '../object/etag.ts';
import { newHash } from '../object/hash-object.ts';

/** Reads copies with the operator's permissions, and hashes them on the way. Errors of the SDK are passed on. */
export function createCopyReader(
  client: S3Client,
  { bucket, owner }: { readonly bucket: string; readonly owner: string },
): CopyReader {
  return {
    read(key, stored, algorithm) {
      const hash = newHash(algorithm);
      async function* chunks(): AsyncGenerator<Uint8Array> {
        const answer = await client.send(
          new GetObjectCommand({
            Bucket: bucket,
            Key: key,
            IfMatch: quoted(stored.eTag),
            ExpectedBucketOwner: owner,
          }),
        );
        for await (const chunk of bodyOf(answer, `GetObject of ${key}`)) {
          hash.update(chunk);
          yield chunk;
        }
      }
      return {
        chunks: chunks(),
        digest: () => ({ algorithm, value: hash.digest(), type: 'FULL_OBJECT' }),
      };
    },
  };
}
