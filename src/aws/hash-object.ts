import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Checksum } from '../core/checksum.ts';
import { RetryableError } from '../core/errors.ts';
import type { HashAlgorithm } from '../core/ports.ts';
import { quoted } from './copy-source.ts';

export interface HashRequest {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly eTag: string;
  readonly sizeBytes: number;
  readonly owner: string;
  readonly algorithm: HashAlgorithm;
}

/** Reads an object to its end and hashes it in constant memory. */
export async function hashObject(client: S3Client, request: HashRequest): Promise<Checksum> {
  const answer = await client.send(
    new GetObjectCommand({
      Bucket: request.bucket,
      Key: request.key,
      VersionId: request.versionId,
      IfMatch: quoted(request.eTag),
      ExpectedBucketOwner: request.owner,
    }),
  );
  const hash = request.algorithm === 'CRC32' ? crc() : digest(request.algorithm);
  let sizeBytes = 0;
  for await (const chunk of answer.Body as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  if (sizeBytes !== request.sizeBytes) {
    throw new RetryableError('TruncatedRead', `read ${sizeBytes} of ${request.sizeBytes} bytes`);
  }
  return { algorithm: request.algorithm, value: hash.digest(), type: 'FULL_OBJECT' };
}

function digest(algorithm: 'SHA256' | 'MD5') {
  const hash = createHash(algorithm.toLowerCase());
  return { update: (chunk: Uint8Array) => void hash.update(chunk), digest: () => hash.digest('base64') };
}

function crc() {
  let value = 0;
  return {
    update(chunk: Uint8Array) {
      value = crc32(chunk, value);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value >>> 0);
      return bytes.toString('base64');
    },
  };
}
