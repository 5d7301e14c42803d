import { expect, it } from 'vitest';
import { isIdOfMacie } from '../../../src/core/finding.ts';
import { checkedETag, checkedVersionId, isBucketName, isObjectKey } from '../../../src/core/object-names.ts';

it.each([
  ['', false],
  ['a', true],
  ['k'.repeat(1024), true],
  ['k'.repeat(1025), false],
  ['é'.repeat(513), false],
  ['\ud800', false],
])('an object may have the key %j: %s', (key, may) => {
  expect(isObjectKey(key)).toBe(may);
});

it('an absent version id or ETag stays absent', () => {
  expect(checkedVersionId(undefined)).toBeUndefined();
  expect(checkedETag(undefined)).toBeUndefined();
});

it.each([
  ['ba3c75616234b8a67797b8000371aaba', true],
  ['BA3C75616234B8A67797B8000371AABA', true],
  ['ba3c75616234b8a67797b8000371aab', false],
  ['ba3c75616234b8a67797b8000371aabaa', false],
  ['xba3c75616234b8a67797b8000371aaba', false],
  ['request-2026-11-19-ba3c75616234b8a6', false],
  ['ba3c75616234b8a67797b8000371aabg', false],
])('%s has the form of an id of Macie: %s', (id, has) => {
  expect(isIdOfMacie(id)).toBe(has);
});

it.each([
  ['member-data', true],
  ['a.b', true],
  ['Old_Bucket.1', true],
  ['a'.repeat(255), true],
  ['a'.repeat(256), false],
  ['abc', true],
  ['ab', false],
  ['-ab', false],
  ['ab-', false],
  ['a/b', false],
  ['a b', false],
  ['abc\n', false],
])('a bucket may have the name %j: %s', (name, may) => {
  expect(isBucketName(name)).toBe(may);
});

it('a version id has 512 characters at most, and identifies bytes', () => {
  expect(checkedVersionId('v'.repeat(512))).toBe('v'.repeat(512));
  expect(checkedVersionId('v'.repeat(513))).toBeUndefined();
  expect(checkedVersionId('null')).toBeUndefined();
  expect(checkedVersionId('')).toBeUndefined();
});
