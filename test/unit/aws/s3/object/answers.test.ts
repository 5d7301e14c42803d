import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { contentInput } from '../../../../../src/aws/s3/copy/copy-input.ts';
import { isKey } from '../../../../../src/aws/s3/object/list-versions.ts';
import { checksumOf, storedObject } from '../../../../../src/aws/s3/object/stored-object.ts';

const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
const digest = (bytes: number) => Buffer.alloc(bytes, 7).toString('base64');
const crc32 = digest(4);
const crc64 = digest(8);
const sha256 = digest(32);
const head = (fields: Partial<HeadObjectCommandOutput>) => ({
  $metadata: {},
  ETag: `"${md5}"`,
  ...fields,
  ContentLength: 0,
});

describe('a checksum in an answer', () => {
  it.each<[string, Parameters<typeof checksumOf>[0], string | undefined]>([
    ['is of the type that S3 names', { ChecksumCRC32: crc32, ChecksumType: 'COMPOSITE' }, 'COMPOSITE'],
    ['is of the parts where it ends in their count', { ChecksumSHA256: `${sha256}-2` }, 'COMPOSITE'],
    [
      'ends in their count whatever the type says',
      { ChecksumCRC32: `${crc32}-2`, ChecksumType: 'FULL_OBJECT' },
      'COMPOSITE',
    ],
    ['is of the whole where nothing is said', { ChecksumCRC32: crc32, ETag: `"${md5}"` }, 'FULL_OBJECT'],
    ['is of the parts where there are some', { ChecksumCRC32: crc32, ETag: `"${md5}-2"` }, 'COMPOSITE'],
    [
      'is of the whole although there are parts, where S3 says so',
      { ChecksumCRC32: crc32, ETag: `"${md5}-2"`, ChecksumType: 'FULL_OBJECT' },
      'FULL_OBJECT',
    ],
    [
      'is of the whole where no other exists',
      { ChecksumCRC64NVME: crc64, ETag: `"${md5}-2"` },
      'FULL_OBJECT',
    ],
    ['may be missing', { ChecksumType: 'FULL_OBJECT' }, undefined],
    ['is none where its type is not understood', { ChecksumCRC32: crc32, ChecksumType: 'NOVEL' }, undefined],
  ])('%s', (_, fields, type) => {
    expect(checksumOf(fields)?.type).toBe(type);
  });

  it('is the one that multipart copies can prove, where there are several', () => {
    expect(checksumOf({ ChecksumSHA256: sha256, ChecksumCRC32: crc32 })).toMatchObject({
      algorithm: 'CRC32',
    });
  });

  it.each<[string, Parameters<typeof checksumOf>[0], string | undefined]>([
    ['a SHA-256 for an MD5', { ChecksumMD5: sha256 }, undefined],
    [
      'a CRC32 for a CRC64, beside a true SHA-256',
      { ChecksumCRC64NVME: crc32, ChecksumSHA256: sha256 },
      'SHA256',
    ],
    ['what is no base64', { ChecksumCRC32: '?' }, undefined],
  ])('is none where its length is not that of the algorithm: %s', (_, fields, algorithm) => {
    expect(checksumOf(fields)?.algorithm).toBe(algorithm);
  });
});

describe('an answer to HEAD', () => {
  it('is of the version that was asked for, though the answer does not repeat it', () => {
    expect(storedObject(head({}), 'v1').versionId).toBe('v1');
    expect(storedObject(head({ VersionId: 'v2' })).versionId).toBe('v2');
    expect(storedObject(head({})).versionId).toBeUndefined();
  });

  it.each<[string, Partial<HeadObjectCommandOutput>, string | undefined]>([
    ['a single part', {}, md5],
    ['a single part that S3 encrypts with its own key', { ServerSideEncryption: 'AES256' }, md5],
    ['several parts', { ETag: `"${md5}-3"` }, undefined],
    ['a KMS key', { ServerSideEncryption: 'aws:kms' }, undefined],
    ['two layers of KMS', { ServerSideEncryption: 'aws:kms:dsse' }, undefined],
    ["a customer's key", { SSECustomerAlgorithm: 'AES256' }, undefined],
    ['an encryption that is not known', { ServerSideEncryption: 'aws:novel' as never }, undefined],
    ['an ETag of some other form', { ETag: '"abc"' }, undefined],
  ])('is an MD5 or not with %s', (_, fields, expected) => {
    expect(storedObject(head(fields)).md5).toBe(expected);
  });

  it.each<[Partial<HeadObjectCommandOutput>, string | undefined]>([
    [{ ObjectLockLegalHoldStatus: 'ON' }, 'legal-hold'],
    [{ ObjectLockLegalHoldStatus: 'OFF' }, undefined],
    [{ ObjectLockEventHold: 'ON' }, 'locked'],
    [{ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date('2999-01-01') }, 'locked'],
    [{ ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: new Date('2020-01-01') }, undefined],
  ])('is locked or not: %j', (fields, lock) => {
    expect(storedObject(head(fields)).lock).toBe(lock);
  });

  it.each([undefined, '', '""', 'W/""'])('is nothing without an ETag, which S3 always gives: %j', (ETag) => {
    expect(() => storedObject(head({ ETag }))).toThrow('has no ETag');
  });

  it.each([
    [`W/"${md5}"`, md5],
    [`"${md5}"`, md5],
    [`"${md5.toUpperCase()}"`, md5.toUpperCase()],
  ])('has the ETag of the store, without what a proxy does to it: %s', (ETag, eTag) => {
    expect(storedObject(head({ ETag })).eTag).toBe(eTag);
  });

  it('is restored only once the restoring is done', () => {
    expect(storedObject(head({ Restore: 'ongoing-request="true"' })).restored).toBe(false);
    expect(storedObject(head({ Restore: 'ongoing-request="false", expiry-date="..."' })).restored).toBe(true);
  });
});

describe('the content headers of a copy', () => {
  it.each([
    ['Tue, 24 Nov 2026 08:00:00 GMT', new Date('2026-11-24T08:00:00Z')],
    ['0', undefined],
    ['-1', undefined],
    ['3600', undefined],
    ['never', undefined],
  ])('have an Expires that is a date, and none that only looks like a year: %s', (expires, sent) => {
    expect(contentInput({ expires })).toEqual(sent === undefined ? {} : { Expires: sent });
  });

  it.each([
    ['gzip', 'gzip'],
    ['aws-chunked', undefined],
    ['aws-chunked,gzip', 'gzip'],
    ['gzip, aws-chunked', 'gzip'],
  ])('do not say how the bytes were once sent: %s', (contentEncoding, sent) => {
    expect(contentInput({ contentEncoding })).toEqual(sent === undefined ? {} : { ContentEncoding: sent });
  });
});

describe('a key in a listing', () => {
  const url = { EncodingType: 'url' };
  it.each<[string, string | undefined, { EncodingType?: string }, boolean]>([
    ['a b', 'a+b', url, true],
    ['a b', 'a%20b', url, true],
    ['a+b', 'a%2Bb', url, true],
    ['a/b', 'a/b', url, true],
    ['a b', 'a+b', {}, false],
    ['a b', 'a b', {}, true],
    ['50%', '50%', {}, true],
    ['50%', '50%', url, true],
    ['50%25', '50%25', {}, true],
    ['50%', '50%25', {}, false],
    ['a', undefined, url, false],
    ['a', '%', url, false],
  ])('%j is what is shown as %j with %j: %s', (key, shown, listing, same) => {
    expect(isKey(key, shown, listing)).toBe(same);
  });
});
