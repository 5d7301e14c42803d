import type { Detection, Finding, ObjectTag, Traits } from '../finding.ts';
import type { Shorthand } from './schema.ts';

/**
 * Makes a finding of the short form that tests of a policy use. What the short form does not name, the finding does
 * not say. Only bucket and key exist in every finding, so they have names of their own.
 */
export function findingFrom(short: Shorthand): Finding {
  const {
    account = '111122223333',
    bucket = 'unnamed-bucket',
    key = 'unnamed-key',
    region,
    severity,
  } = short;
  return {
    id: '0'.repeat(32),
    type: short.type ?? 'SensitiveData:S3Object/Multiple',
    ...(severity !== undefined && { severity }),
    createdAt: new Date(0),
    object: {
      accountId: account,
      bucket,
      key,
      ...(region !== undefined && { region }),
      ...(short.size !== undefined && { sizeBytes: short.size }),
    },
    detections: [
      ...detections('managed', short.managedDataIdentifiers),
      ...detections('custom', short.customDataIdentifiers),
    ],
    detectionsOmitted: 0,
    traits: traits(short),
  };
}

function detections(kind: Detection['kind'], counts: Readonly<Record<string, number>> = {}): Detection[] {
  return Object.entries(counts).map(([name, count]) => ({ kind, name, count }));
}

function traits(short: Shorthand): Traits {
  const { bucketTags, category, discovery, encryption, jobId, objectTags, partial, publicAccess } = short;
  const { storageClass } = short;
  return {
    ...(category !== undefined && { categories: [category] }),
    ...(discovery !== undefined && { discovery }),
    ...(jobId !== undefined && { jobId }),
    ...(storageClass !== undefined && { storageClass }),
    ...(encryption !== undefined && { encryption }),
    ...(publicAccess !== undefined && { publicAccess }),
    ...(partial !== undefined && { partial }),
    ...(objectTags !== undefined && { objectTags: tags(objectTags) }),
    ...(bucketTags !== undefined && { bucketTags: tags(bucketTags) }),
  };
}

function tags(values: Readonly<Record<string, string>>): ObjectTag[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}
