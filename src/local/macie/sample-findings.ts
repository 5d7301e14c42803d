import { randomBytes } from 'node:crypto';
import { macieFinding } from './finding.ts';
import type { FindingDetail } from './known-findings.ts';
import { invalid } from './macie-error.ts';

const findingTypes = [
  'SensitiveData:S3Object/Multiple',
  'SensitiveData:S3Object/Financial',
  'SensitiveData:S3Object/Personal',
  'SensitiveData:S3Object/Credentials',
  'SensitiveData:S3Object/CustomIdentifier',
  'Policy:IAMUser/S3BucketPublic',
  'Policy:IAMUser/S3BucketSharedExternally',
  'Policy:IAMUser/S3BucketReplicatedExternally',
  'Policy:IAMUser/S3BucketEncryptionDisabled',
  'Policy:IAMUser/S3BlockPublicAccessDisabled',
  'Policy:IAMUser/S3BucketSharedWithCloudFront',
] as const;

/** One sample finding for each type, about a bucket and an object that do not exist. Without types: for every type. */
export function sampleFindings(
  types: unknown,
  { account, region, now }: { readonly account: string; readonly region: string; readonly now: Date },
): readonly FindingDetail[] {
  return typesOf(types ?? findingTypes).map((type) => {
    const object = {
      account,
      region,
      bucket: 'macie-sample-finding-bucket',
      key: 'path/to/sample-object.csv',
      sizeBytes: 4_750_192,
      eTag: '4e793971304d4c376d725a4748386a4b',
      lastModified: now,
      storageClass: 'STANDARD',
    };
    const finding = macieFinding(object, [], now);
    const isPolicy = type.startsWith('Policy:');
    return {
      ...finding,
      id: randomBytes(16).toString('hex'),
      type,
      title: `[SAMPLE] ${finding.title}`,
      severity: { score: 3, description: 'High' },
      sample: true,
      ...(isPolicy && { category: 'POLICY', classificationDetails: null, policyDetails: {} }),
    };
  });
}

function typesOf(given: unknown): readonly string[] {
  const known: readonly unknown[] = findingTypes;
  if (!Array.isArray(given) || given.some((type) => !known.includes(type))) {
    throw invalid('findingTypes must be types of findings');
  }
  return given as string[];
}
