import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { type MacieFinding, macieFinding } from './finding.ts';
import { scanCsv } from './scan-csv.ts';

export interface ScanOptions {
  readonly bucket: string;
  readonly account: string;
  readonly region: string;
  readonly now?: () => Date;
}

/**
 * A stand-in for a Macie job over the CSV files of a bucket. It reads every current object and returns at
 * most one finding for each object; a clean object has no finding. It does not imitate Macie's sampling,
 * archives, other formats, delays, or findings about unreadable objects.
 */
export async function scanBucket(client: S3Client, options: ScanOptions): Promise<readonly MacieFinding[]> {
  const { bucket, account, region, now = () => new Date() } = options;
  const findings: MacieFinding[] = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket })) {
    for (const { Key: key = '' } of page.Contents ?? []) {
      if (!key.endsWith('.csv')) continue;
      const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      const detections = scanCsv((await object.Body?.transformToString()) ?? '');
      if (detections.length === 0) continue;
      const scanned = {
        account,
        region,
        bucket,
        key,
        sizeBytes: object.ContentLength ?? 0,
        eTag: (object.ETag ?? '').replaceAll('"', ''),
        versionId: object.VersionId,
        lastModified: object.LastModified ?? now(),
        storageClass: object.StorageClass ?? 'STANDARD',
      };
      findings.push(macieFinding(scanned, detections, now()));
    }
  }
  return findings;
}
