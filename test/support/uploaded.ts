import { randomBytes } from 'node:crypto';
import { PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { localAccount, localRegion } from '../../src/local/account.ts';
import { macieDetail } from './findings.ts';

export interface Uploaded {
  readonly bucket: string;
  readonly key: string;
  /** Without quotes. */
  readonly eTag: string;
  readonly versionId?: string | undefined;
  readonly sizeBytes: number;
}

export async function uploadTo(
  s3: S3Client,
  bucket: string,
  key: string,
  body: string,
  more: Partial<PutObjectCommandInput> = {},
): Promise<Uploaded> {
  const answer = await s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'text/csv', ...more }),
  );
  const eTag = (answer.ETag ?? '').replaceAll('"', '');
  return { bucket, key, eTag, versionId: answer.VersionId, sizeBytes: Buffer.byteLength(body) };
}

/** The detail of a finding about this object, High unless overridden; its id is new each time. */
export function findingAbout(
  object: Uploaded,
  overrides: Record<string, unknown> = {},
): Record<string, unknown> & { id: string } {
  const id = randomBytes(16).toString('hex');
  const detail = macieDetail(
    { id, accountId: localAccount, region: localRegion, ...overrides },
    { key: object.key, eTag: object.eTag, versionId: object.versionId ?? '', size: object.sizeBytes },
  );
  const affected = detail['resourcesAffected'] as { s3Bucket: Record<string, unknown> };
  affected.s3Bucket['name'] = object.bucket;
  return { ...detail, id };
}
