import { describe, expect, it } from 'vitest';
import { findingFrom } from '../../../../src/core/policy/test-finding.ts';

describe('the finding of a test of a policy', () => {
  it('says nothing but names where its short form is empty', () => {
    expect(findingFrom({})).toStrictEqual({
      id: '00000000000000000000000000000000',
      type: 'SensitiveData:S3Object/Multiple',
      createdAt: new Date(0),
      object: { accountId: '111122223333', bucket: 'unnamed-bucket', key: 'unnamed-key' },
      detections: [],
      detectionsOmitted: 0,
      traits: {},
    });
  });

  it('says all that its short form names', () => {
    expect(
      findingFrom({
        account: '444455556666',
        bucket: 'lake',
        key: 'in/a.csv',
        region: 'eu-west-1',
        severity: 'Low',
        size: 20,
        type: 'SensitiveData:S3Object/Personal',
        category: 'PERSONAL_INFORMATION',
        discovery: 'job',
        jobId: 'j',
        storageClass: 'STANDARD',
        encryption: 'none',
        publicAccess: false,
        partial: false,
        objectTags: { a: '1' },
        bucketTags: { b: '2' },
        managedDataIdentifiers: { NAME: 4 },
        customDataIdentifiers: { x: 3 },
      }),
    ).toStrictEqual({
      id: '00000000000000000000000000000000',
      type: 'SensitiveData:S3Object/Personal',
      severity: 'Low',
      createdAt: new Date(0),
      object: {
        accountId: '444455556666',
        bucket: 'lake',
        key: 'in/a.csv',
        region: 'eu-west-1',
        sizeBytes: 20,
      },
      detections: [
        { kind: 'managed', name: 'NAME', count: 4 },
        { kind: 'custom', name: 'x', count: 3 },
      ],
      detectionsOmitted: 0,
      traits: {
        categories: ['PERSONAL_INFORMATION'],
        discovery: 'job',
        jobId: 'j',
        storageClass: 'STANDARD',
        encryption: 'none',
        publicAccess: false,
        partial: false,
        objectTags: [{ key: 'a', value: '1' }],
        bucketTags: [{ key: 'b', value: '2' }],
      },
    });
  });
});
