import { createHash } from 'node:crypto';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Checksum } from '../../../core/checksum.ts';
import { RetryableError } from '../../../core/errors.ts';
import type { HashAlgorithm } from '../../../core/source-buckets.ts';
import { answerTimeoutMs } from './answer-timeout.ts';
import { bodyOf } from './body.ts';
import { crc32, crc32c, crc64 } from './crc.ts';
import { quoted } from './etag.ts';

export interface HashRequest {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly eTag: string;
  readonly sizeBytes: number;
  readonly owner: string;
  readonly algorithm: HashAlgorithm;
}

/** Reads an object to its end and hashes it in constant memory. The read fails if the body only trickles in. */
export async function hashObject(client: S3Client, request: HashRequest): Promise<Checksum> {
  const answer = await client.send(
    new GetObjectCommand({
      Bucket: request.bucket,
      Key: request.key,
      VersionId: request.versionId,
      IfMatch: quoted(request.eTag),
      ExpectedBucketOwner: request.owner,
    }),
    { requestTimeout: answerTimeoutMs(request.sizeBytes) },
  );
  const hash = newHash(request.algorithm);
  let sizeBytes = 0;
  for await (const chunk of bodyOf(answer, 'GetObject')) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  if (sizeBytes !== request.sizeBytes) {
    throw new RetryableError('TruncatedRead', `read ${sizeBytes} of ${request.sizeBytes} bytes`);
  }
  return { algorithm: request.algorithm, value: hash.digest(), type: 'FULL_OBJECT' };
}

/** Returns a hash that takes the bytes piece by piece. Its digest is in base64, as S3 gives it. */
export function newHash(algorithm: HashAlgorithm): Hash {
  return hashes[algorithm]();
}

export interface Hash {
  update(chunk: Uint8Array): void;
  digest(): string;
}

const hashes: Readonly<Record<HashAlgorithm, () => Hash>> = {
  MD5: () => digest('md5'),
  SHA1: () => digest('sha1'),
  SHA256: () => digest('sha256'),
  SHA512: () => digest('sha512'),
  CRC32: () => crc32(),
  CRC32C: () => crc32c(),
  CRC64NVME: () => crc64(),
};

function digest(name: string): Hash {
  const hash = createHash(name);
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest('base64') };
}
