import { createHash } from 'node:crypto';
import type { Severity } from './identifiers.ts';
import type { Detection } from './scan-csv.ts';

export interface ScannedObject {
  readonly account: string;
  readonly region: string;
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly eTag: string;
  /** Absent if the bucket is not versioned; Macie then writes "". */
  readonly versionId?: string | undefined;
  readonly lastModified: Date;
  readonly storageClass: string;
}

const scores: Readonly<Record<Severity, number>> = { Low: 1, Medium: 2, High: 3 };

/** Builds a finding in Macie's schema (aws-facts 1), as EventBridge carries it in `detail`. */
export function macieFinding(object: ScannedObject, detections: readonly Detection[], createdAt: Date) {
  const managed = detections.filter(({ identifier }) => identifier.kind === 'managed');
  const custom = detections.filter(({ identifier }) => identifier.kind === 'custom');
  const type = typeOf(managed, custom);
  const severity = highest(detections);
  const time = createdAt.toISOString();
  const { account, region, bucket, key } = object;
  return {
    schemaVersion: '1.0',
    id: createHash('md5').update([bucket, key, object.eTag, object.versionId, time].join('\n')).digest('hex'),
    accountId: account,
    partition: 'aws',
    region,
    type: `SensitiveData:S3Object/${type}`,
    title: titles[type],
    description: `${titles[type]}.`,
    severity: { score: scores[severity], description: severity },
    createdAt: time,
    updatedAt: time,
    count: 1,
    category: 'CLASSIFICATION',
    archived: false,
    sample: false,
    policyDetails: null,
    resourcesAffected: { s3Bucket: bucketDetails(bucket), s3Object: objectDetails(bucket, key, object) },
    classificationDetails: {
      jobArn: `arn:aws:macie2:${region}:${account}:classification-job/${jobId}`,
      jobId,
      originType: 'SENSITIVE_DATA_DISCOVERY_JOB',
      detailedResultsLocation: `s3://[export-config-not-set]/AWSLogs/${account}/Macie/${region}/${jobId}/`,
      result: {
        status: { code: 'COMPLETE', reason: null },
        sizeClassified: object.sizeBytes,
        mimeType: 'text/csv',
        additionalOccurrences: detections.some(({ count, cells }) => count > cells.length),
        sensitiveData: managed.length === 0 ? [] : [personal(managed)],
        customDataIdentifiers: {
          totalCount: total(custom),
          detections: custom.map(({ identifier, count, cells }) => ({
            arn: identifier.id,
            name: identifier.name,
            count,
            occurrences: occurrences(cells),
          })),
        },
      },
    },
  };
}

export type MacieFinding = ReturnType<typeof macieFinding>;
type FindingType = 'Personal' | 'CustomIdentifier' | 'Multiple';

const jobId = 'b7d0f7f2c1e34c7b8f64f2d3a4c5e6f7';
const titles: Readonly<Record<FindingType, string>> = {
  Personal: 'The S3 object contains personal information',
  CustomIdentifier: 'The S3 object contains text that matches a custom data identifier',
  Multiple: 'The S3 object contains multiple categories of sensitive data',
};

function typeOf(managed: readonly Detection[], custom: readonly Detection[]): FindingType {
  if (managed.length > 0 && custom.length > 0) return 'Multiple';
  return managed.length > 0 ? 'Personal' : 'CustomIdentifier';
}

function highest(detections: readonly Detection[]): Severity {
  const all = detections.map(({ identifier, count }) => identifier.severity(count));
  return (['High', 'Medium', 'Low'] as const).find((severity) => all.includes(severity)) ?? 'Low';
}

const total = (detections: readonly Detection[]) => detections.reduce((sum, { count }) => sum + count, 0);

const occurrences = (cells: Detection['cells']) => ({
  cells: cells.map((cell) => ({ cellReference: null, ...cell })),
});

function personal(managed: readonly Detection[]) {
  return {
    category: 'PERSONAL_INFORMATION',
    totalCount: total(managed),
    detections: managed.map(({ identifier, count, cells }) => ({
      type: identifier.name,
      count,
      occurrences: occurrences(cells),
    })),
  };
}

/** The form that Macie writes if a quota kept it from reading the settings of the bucket. */
function bucketDetails(bucket: string) {
  return {
    arn: `arn:aws:s3:::${bucket}`,
    name: bucket,
    createdAt: null,
    owner: null,
    tags: [],
    defaultServerSideEncryption: null,
    allowsUnencryptedObjectUploads: 'UNKNOWN',
    publicAccess: null,
  };
}

function objectDetails(bucket: string, key: string, object: ScannedObject) {
  const name = key.slice(key.lastIndexOf('/') + 1);
  return {
    bucketArn: `arn:aws:s3:::${bucket}`,
    key,
    path: `${bucket}/${key}`,
    extension: name.includes('.') ? name.slice(name.lastIndexOf('.') + 1) : '',
    lastModified: object.lastModified.toISOString(),
    eTag: object.eTag,
    versionId: object.versionId ?? '',
    size: object.sizeBytes,
    storageClass: object.storageClass,
    tags: [],
    publicAccess: null,
    serverSideEncryption: { encryptionType: 'AES256', kmsMasterKeyId: null },
  };
}
