import { describe, expect, it } from 'vitest';
import { parseFinding } from '../../../../src/core/parse/parse-finding.ts';
import { envelope, flaggedETag, macieDetail } from '../../../support/findings.ts';

type Json = Record<string, unknown>;

/** The finding that is read from a detail with these members. */
function read(overrides: Json = {}, s3Object: Json = {}, s3Bucket: Json = {}) {
  const detail = macieDetail(overrides, s3Object);
  Object.assign((detail['resourcesAffected'] as { s3Bucket: Json }).s3Bucket, s3Bucket);
  const parsed = parseFinding(JSON.stringify(envelope(detail)), new Date());
  if (parsed.kind !== 'finding') throw new Error(parsed.reason);
  return parsed.finding;
}

const custom = (found: Json) =>
  read({ classificationDetails: { result: { customDataIdentifiers: { detections: [found] } } } })
    .detections[0];

describe('a member of a finding', () => {
  it.each([
    ['STANDARD', 'STANDARD'],
    ['A', 'A'],
    ['STANDARD_IA', 'STANDARD_IA'],
    ['A'.repeat(64), 'A'.repeat(64)],
    ['A'.repeat(65), undefined],
    ['_IA', undefined],
    ['xSTANDARD', undefined],
    ['STANDARDx', undefined],
    ['STANDARD IA', undefined],
    ['S3', undefined],
    ['', undefined],
  ])('that is a constant of Macie is read in that form alone: %j as %j', (given, known) => {
    expect(read({}, { storageClass: given }).traits?.storageClass).toBe(known);
  });

  it.each([
    ['', ''],
    ['7z', '7z'],
    ['x'.repeat(32), 'x'.repeat(32)],
    ['x'.repeat(33), undefined],
    ['.gz', undefined],
    ['gz.', undefined],
    ['tar.gz', undefined],
  ])('that is an extension has letters and digits alone: %j is %j', (given, known) => {
    expect(read({}, { extension: given }).traits?.extension).toBe(known);
  });

  it.each([
    ['j', 'j'],
    ['J'.repeat(128), 'J'.repeat(128)],
    ['?j', undefined],
    ['j?', undefined],
    ['j_1', undefined],
  ])('that is the id of a job has letters, digits and dashes alone: %j is %j', (jobId, known) => {
    expect(read({ classificationDetails: { jobId } }).traits?.jobId).toBe(known);
  });

  it.each([
    ['i', 'i'],
    ['patient_id-1', 'patient_id-1'],
    ['i'.repeat(64), 'i'.repeat(64)],
    ['i'.repeat(65), undefined],
    ['arn:aws-us-gov:macie2:us-gov-west-1:111122223333:custom-data-identifier/0e8e', '0e8e'],
    ['arn:aws:macie2:::custom-data-identifier/0e8e', '0e8e'],
    ['arn:aws:macie2:us-east-1:111122223333:custom-data-identifier/', undefined],
    ['arn::macie2:us-east-1:111122223333:custom-data-identifier/0e8e', undefined],
    ['arn:aws:macie2:us-east-1:Jane:custom-data-identifier/0e8e', undefined],
    ['arn:aws:macie2:us east:111122223333:custom-data-identifier/0e8e', undefined],
    ['arn:a b:macie2:us-east-1:111122223333:custom-data-identifier/0e8e', undefined],
    ['arn:aws:s3:us-east-1:111122223333:custom-data-identifier/0e8e', undefined],
    ['Jane Doe', undefined],
    ['*0e8e', undefined],
    ['0e8e*', undefined],
    ['', undefined],
    [7, undefined],
  ])('that identifies a custom identifier is its id, or an ARN with it: %j is %j', (arn, id) => {
    expect(custom({ name: 'employee-id', arn })?.id).toBe(id);
  });

  it.each([
    ['0', 0],
    ['9'.repeat(15), 999_999_999_999_999],
    ['9'.repeat(16), undefined],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['7 ', undefined],
    ['x7', undefined],
  ])('that is a count is a whole number or its digits: %j is %j', (count, known) => {
    expect(custom({ name: 'employee-id', count })?.count).toBe(known);
  });

  it.each([
    ['of 128 characters', `SensitiveData:${'x'.repeat(114)}`, true],
    ['that is longer', `SensitiveData:${'x'.repeat(115)}`, false],
    ['after something else', '<b>SensitiveData:S3Object/Personal', false],
    ['before something else', 'SensitiveData:S3Object/Personal<b>', false],
    ['of another kind', 'Other:Thing_1-2/x', true],
  ])('that is a type %s is told: %s', (_, type, told) => {
    const parsed = parseFinding(JSON.stringify(envelope(macieDetail({ type }))), new Date());

    expect(JSON.stringify(parsed).includes(type)).toBe(told);
  });

  it.each([
    ['a'.repeat(128), true],
    ['a'.repeat(129), false],
    ['0_-', true],
    ['?a', false],
    ['a?', false],
  ])('that is the id of the finding names its record: %s may: %s', (id, may) => {
    const parsed = parseFinding(JSON.stringify(envelope(macieDetail({ id }))), new Date());

    expect(parsed.kind).toBe(may ? 'finding' : 'rejected');
  });

  it('that is tags is read up to 100 of them, each with a key of 128 and a value of 256 characters', () => {
    const tag = { key: 'k'.repeat(128), value: 'v'.repeat(256) };
    const many = (count: number) => Array.from({ length: count }, () => tag);
    const of = (tags: unknown) => [
      read({}, { tags }).traits?.objectTags,
      read({}, {}, { tags }).traits?.bucketTags,
    ];

    expect(of(many(100))).toStrictEqual([many(100), many(100)]);
    expect(of(many(101))).toStrictEqual([undefined, undefined]);
    expect(of([{ ...tag, key: 'k'.repeat(129) }])).toStrictEqual([undefined, undefined]);
    expect(of([{ ...tag, value: 'v'.repeat(257) }])).toStrictEqual([undefined, undefined]);
    expect(of('env=prod')).toStrictEqual([undefined, undefined]);
  });

  it('that is tags shows the mark of a release also where its value is not understood', () => {
    expect(read({}, { tags: [{ key: 'isolator-released', value: 7 }] }).object.releaseMark).toBe(true);
    expect(read({}, { tags: Array.from({ length: 100 }, () => ({ key: 'x' })) }).object).not.toHaveProperty(
      'releaseMark',
    );
  });

  it.each([
    ['description', { severity: { description: ` High${' '.repeat(12)}` } }, undefined],
    ['description', { severity: { description: ` High${' '.repeat(11)}` } }, 'High'],
  ])('that is the %s of a severity has 16 characters at most: %j is %s', (_, overrides, severity) => {
    expect(read(overrides).severity).toBe(severity);
  });

  it('that is a version id is read up to 512 characters', () => {
    expect(read({}, { versionId: 'v'.repeat(512) }).object.versionId).toBe('v'.repeat(512));
    expect(read({}, { versionId: 'v'.repeat(513) }).object).not.toHaveProperty('versionId');
  });

  it('that is absent or of another type leaves the others as they are', () => {
    const { traits, object } = read({}, { serverSideEncryption: 7, storageClass: 7, size: null });

    expect(object.eTag).toBe(flaggedETag);
    expect(traits).toMatchObject({ extension: 'csv', discovery: 'automated', partial: false });
    expect(traits).not.toHaveProperty('encryption');
    expect(traits).not.toHaveProperty('storageClass');
  });

  it('that is the classification hides no other trait where it is not understood', () => {
    expect(read({ classificationDetails: 'x' }).traits).toStrictEqual({
      storageClass: 'STANDARD',
      encryption: 'AES256',
      extension: 'csv',
      objectTags: [],
      bucketTags: [{ key: 'env', value: 'prod' }],
    });
  });

  it('that is a status is not known where it is not understood', () => {
    expect(read({ classificationDetails: { result: { status: 'PARTIAL' } } }).traits).not.toHaveProperty(
      'partial',
    );
    expect(read({ classificationDetails: { result: null } }).traits).not.toHaveProperty('partial');
  });

  it('that is the access of the public is not known where it is not understood', () => {
    expect(read({}, {}, { publicAccess: 'PUBLIC' }).traits).not.toHaveProperty('publicAccess');
  });
});

describe('the time of a finding', () => {
  const eventTime = new Date('2026-11-20T19:46:53Z');

  it.each([
    ['2017-01-01T00:00:00Z', '2017-01-01T00:00:00.000Z'],
    ['2199-12-31T23:59:59Z', '2199-12-31T23:59:59.000Z'],
    ['2020-10-26T13:47:03.123456789Z', '2020-10-26T13:47:03.123Z'],
    ['2020-10-26T13:47:03 Z', '2020-10-26T13:47:03.000Z'],
    ['2020-10-26 13:47:03 +00:00', '2020-10-26T13:47:03.000Z'],
    ['2020-10-26T08:17:03-0530', '2020-10-26T13:47:03.000Z'],
    ['2020-10-26T08:17:03-05:30', '2020-10-26T13:47:03.000Z'],
  ])('is %s read as %s', (createdAt, instant) => {
    expect(read({ createdAt }).createdAt).toStrictEqual(new Date(instant));
  });

  it.each([
    '2016-12-31T23:59:59Z',
    '2020-10-26T13:47Z',
    '2020-10-26T13:47:03.Z',
    '2020-10-26T13:47:03.1234567890Z',
    '2020-10-26T13:47:03  Z',
    '2020-10-26T13:47:03 UTC',
    '2020-10-26T13:47:03+2',
    '2020-10-26x13:47:03Z',
    '12020-10-26T13:47:03Z',
  ])('is that of the event where it is written %s', (createdAt) => {
    expect(read({ createdAt }).createdAt).toStrictEqual(eventTime);
  });
});
