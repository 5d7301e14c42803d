import { describe, expect, it } from 'vitest';
import { parseFinding } from '../../../../src/core/parse/parse-finding.ts';
import { envelope, macieDetail } from '../../../support/findings.ts';

type Json = Record<string, unknown>;

/** The traits of a finding with these members. */
function traits(overrides: Json = {}, s3Object: Json = {}, s3Bucket: Json = {}) {
  const detail = macieDetail(overrides, s3Object);
  Object.assign((detail['resourcesAffected'] as { s3Bucket: Json }).s3Bucket, s3Bucket);
  const parsed = parseFinding(JSON.stringify(envelope(detail)), new Date());
  if (parsed.kind !== 'finding') throw new Error(parsed.reason);
  return parsed.finding.traits;
}

const classified = (classificationDetails: Json) => traits({ classificationDetails });

describe('what policies know of a finding', () => {
  it.each([
    ['SENSITIVE_DATA_DISCOVERY_JOB', 'job'],
    ['AUTOMATED_SENSITIVE_DATA_DISCOVERY', 'automated'],
    ['MAGIC', undefined],
    [null, undefined],
  ])('is how the data was discovered: %s is %s', (originType, discovery) => {
    expect(classified({ originType })?.discovery).toBe(discovery);
  });

  it.each([
    ['NONE', 'none'],
    ['AES256', 'AES256'],
    ['aws:kms', 'aws:kms'],
    ['aws:kms:dsse', 'aws:kms:dsse'],
    ['UNKNOWN', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
    ['none', undefined],
  ])('is the encryption of the object: %s is %s', (encryptionType, encryption) => {
    expect(traits({}, { serverSideEncryption: { encryptionType } })?.encryption).toBe(encryption);
  });

  it('is no encryption where the finding names none', () => {
    expect(traits({}, { serverSideEncryption: null })).not.toHaveProperty('encryption');
  });

  it.each([
    ['PUBLIC', true],
    ['NOT_PUBLIC', false],
    ['UNKNOWN', undefined],
  ])('is whether the public may read the bucket: %s is %s', (effectivePermission, publicAccess) => {
    expect(traits({}, {}, { publicAccess: { effectivePermission } })?.publicAccess).toBe(publicAccess);
  });

  it.each([
    ['COMPLETE', false],
    ['PARTIAL', true],
    ['SKIPPED', false],
    [null, undefined],
  ])('is whether Macie read the object in part: %s is %s', (code, partial) => {
    expect(classified({ result: { status: { code } } })?.partial).toBe(partial);
  });

  it.each([
    ['985c2b6a-4c2f-4d0f-9d51-0c1e7cbb8d1a', '985c2b6a-4c2f-4d0f-9d51-0c1e7cbb8d1a'],
    ['', undefined],
    [null, undefined],
    ['a job?', undefined],
    ['j'.repeat(129), undefined],
  ])('is the job: %s is %s', (jobId, known) => {
    expect(classified({ jobId })?.jobId).toBe(known);
  });

  it('is the categories of the finding and of its detections', () => {
    const sensitiveData = [
      { category: 'CREDENTIALS', detections: [] },
      { category: 'FINANCIAL_INFORMATION' },
    ];

    expect(classified({ result: { sensitiveData } })?.categories).toStrictEqual([
      'CLASSIFICATION',
      'CREDENTIALS',
      'FINANCIAL_INFORMATION',
    ]);
  });

  it('is the categories of the detections where the finding names none itself', () => {
    const result = { sensitiveData: [{ category: 'CREDENTIALS' }] };

    expect(traits({ category: null, classificationDetails: { result } })?.categories).toStrictEqual([
      'CREDENTIALS',
    ]);
  });

  it.each([
    ['a detection names none', [{ category: 'CREDENTIALS' }, { category: 'what is it?' }]],
    ['a detection is not understood', [{ category: 'CREDENTIALS' }, 'x']],
  ])('is no category where %s, since it may be any', (_, sensitiveData) => {
    expect(classified({ result: { sensitiveData } })).not.toHaveProperty('categories');
  });

  it('is the category of the finding where nothing says what was detected', () => {
    expect(traits({ classificationDetails: null })?.categories).toStrictEqual(['CLASSIFICATION']);
  });

  it('is no category where nothing names one', () => {
    expect(traits({ category: null, classificationDetails: null })).not.toHaveProperty('categories');
  });

  it.each([
    ['[]', [], []],
    ['null', null, undefined],
    [
      'sound',
      [
        { key: 'env', value: 'prod' },
        { key: 'empty', value: '' },
      ],
      [
        { key: 'env', value: 'prod' },
        { key: 'empty', value: '' },
      ],
    ],
    ['partly without a value', [{ key: 'env', value: 'prod' }, { key: 'team' }], undefined],
  ])('is the tags of object and bucket, all of them or none: %s', (_, given, known) => {
    expect(traits({}, { tags: given })?.objectTags).toStrictEqual(known);
    expect(traits({}, {}, { tags: given })?.bucketTags).toStrictEqual(known);
  });

  it('is no tag of an object where one of them is not understood', () => {
    expect(traits({}, { tags: [{ key: 'env', value: 'prod' }, 'x'] })).not.toHaveProperty('objectTags');
  });
});
