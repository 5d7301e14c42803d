import { createHash } from 'node:crypto';
import type { Finding, FlaggedObject } from '../../src/core/finding.ts';
import type { Message } from '../../src/core/message.ts';

/** What lies at the key that the factories' findings name, unless a test says otherwise. */
export const flaggedBytes = 'name,ssn\nJane Doe,078-05-1120\n';
export const flaggedETag = md5Hex(flaggedBytes);
export const flaggedKey = 'hr/2026/pay roll+é.csv';

export function md5Hex(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

type Json = Record<string, unknown>;

/** The detail of a finding as Macie publishes it for an object of an unversioned bucket (aws-facts 1). */
export function macieDetail(overrides: Json = {}, s3Object: Json = {}): Json {
  return {
    schemaVersion: '1.0',
    id: 'ba3c75616234b8a67797b8000371aaba',
    accountId: '444455556666',
    partition: 'aws',
    region: 'us-east-1',
    type: 'SensitiveData:S3Object/Multiple',
    title: 'The S3 object contains multiple categories of sensitive data',
    description: 'The S3 object contains more than one category of sensitive data.',
    severity: { score: 3, description: 'High' },
    createdAt: '2026-11-20T19:46:53.031Z',
    updatedAt: '2026-11-20T19:46:53.031Z',
    count: 1,
    category: 'CLASSIFICATION',
    archived: false,
    sample: false,
    policyDetails: null,
    resourcesAffected: {
      s3Bucket: {
        arn: 'arn:aws:s3:::member-data',
        name: 'member-data',
        createdAt: '2026-01-05T10:00:00.000Z',
        owner: { displayName: '', id: '9ff2canonical' },
        tags: [{ key: 'env', value: 'prod' }],
        defaultServerSideEncryption: { encryptionType: 'aws:kms', kmsMasterKeyId: null },
        allowsUnencryptedObjectUploads: 'TRUE',
        publicAccess: null,
      },
      s3Object: {
        bucketArn: 'arn:aws:s3:::member-data',
        key: flaggedKey,
        path: `member-data/${flaggedKey}`,
        extension: 'csv',
        lastModified: '2026-11-19T08:00:00.000Z',
        eTag: flaggedETag,
        versionId: '',
        size: Buffer.byteLength(flaggedBytes),
        storageClass: 'STANDARD',
        tags: [],
        publicAccess: null,
        serverSideEncryption: { encryptionType: 'AES256', kmsMasterKeyId: null },
        ...s3Object,
      },
    },
    classificationDetails: {
      jobArn: null,
      jobId: null,
      originType: 'AUTOMATED_SENSITIVE_DATA_DISCOVERY',
      detailedResultsLocation: 's3://[export-config-not-set]/AWSLogs/x.jsonl.gz',
      result: {
        status: { code: 'COMPLETE', reason: null },
        sizeClassified: 80,
        mimeType: 'text/csv',
        additionalOccurrences: true,
        sensitiveData: [
          {
            category: 'PERSONAL_INFORMATION',
            totalCount: 2,
            detections: [
              {
                type: 'NAME',
                count: 2,
                occurrences: {
                  cells: [{ cellReference: null, row: 2, column: 1, columnName: 'secret-column' }],
                },
              },
            ],
          },
        ],
        customDataIdentifiers: {
          totalCount: 3,
          detections: [
            {
              arn: '0e8eb8a1-1a3a-49ad-992f-0ab825642859',
              count: 3,
              name: 'employee-id',
              occurrences: { records: [{ jsonPath: '$.secret-path', recordIndex: 1 }] },
            },
          ],
        },
      },
    },
    ...overrides,
  };
}

/** EventBridge's envelope: `account` is the publisher, usually not the object's owner. */
export function envelope(detail: unknown = macieDetail(), overrides: Json = {}): Json {
  return {
    version: '0',
    id: 'e6e1f2a4-0000-4000-8000-000000000001',
    'detail-type': 'Macie Finding',
    source: 'aws.macie',
    account: '111122223333',
    time: '2026-11-20T19:46:53Z',
    region: 'us-east-1',
    resources: [],
    detail,
    ...overrides,
  };
}

export function message(overrides: Partial<Message> = {}): Message {
  return {
    id: 'c5d1c0de-0000-4000-8000-00000000000a',
    body: JSON.stringify(envelope()),
    receiveCount: 1,
    sentAt: new Date('2026-11-20T19:46:54.000Z'),
    ...overrides,
  };
}

/** A message about this finding, so that what the parser gets and what a test expects cannot differ. */
export function messageAbout(about: Finding, overrides: Partial<Message> = {}): Message {
  const { accountId, region, bucket, key, versionId, eTag, sizeBytes } = about.object;
  const detail = macieDetail(
    {
      id: about.id,
      accountId,
      region,
      type: about.type,
      severity: about.severity ? { description: about.severity } : null,
      createdAt: about.createdAt.toISOString(),
    },
    { key, versionId: versionId ?? '', eTag: eTag ?? null, size: sizeBytes ?? null },
  );
  const affected = detail['resourcesAffected'] as { s3Bucket: Json };
  affected.s3Bucket['name'] = bucket;
  return message({ body: JSON.stringify(envelope(detail)), ...overrides });
}

export function flaggedObject(overrides: Partial<FlaggedObject> = {}): FlaggedObject {
  return {
    accountId: '444455556666',
    region: 'us-east-1',
    bucket: 'member-data',
    key: flaggedKey,
    eTag: flaggedETag,
    sizeBytes: Buffer.byteLength(flaggedBytes),
    ...overrides,
  };
}

/** Names one version and no ETag. */
export function flaggedVersion(versionId: string, overrides: Partial<FlaggedObject> = {}): FlaggedObject {
  const { eTag: _, ...rest } = flaggedObject(overrides);
  return { ...rest, versionId };
}

export function finding(overrides: Partial<Finding> = {}): Finding {
  return {
    id: 'ba3c75616234b8a67797b8000371aaba',
    type: 'SensitiveData:S3Object/Multiple',
    severity: 'High',
    createdAt: new Date('2026-11-20T19:46:53.031Z'),
    object: flaggedObject(),
    detections: [
      { kind: 'managed', name: 'NAME', count: 2 },
      { kind: 'custom', name: 'employee-id', count: 3 },
    ],
    detectionsOmitted: 0,
    ...overrides,
  };
}
