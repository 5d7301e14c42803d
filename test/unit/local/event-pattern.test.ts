import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../../../src/local/event-bus/event-pattern.ts';

describe('an event pattern', () => {
  it.each<[string, unknown, unknown, boolean]>([
    ['an exact string', ['High'], 'High', true],
    ['another string', ['High'], 'high', false],
    ['any of several', ['Low', 'High'], 'High', true],
    ['a boolean', [false], false, true],
    ['null', [null], null, true],
    ['null against an absent field', [null], undefined, false],
    ['a prefix', [{ prefix: 'SensitiveData:' }], 'SensitiveData:S3Object/Personal', true],
    ['another prefix', [{ prefix: 'SensitiveData:' }], 'Policy:IAMUser/S3BucketPublic', false],
    ['a prefix in any case', [{ prefix: { 'equals-ignore-case': 'AB' } }], 'abc', true],
    ['a suffix', [{ suffix: '.csv' }], 'a.csv', true],
    ['any case', [{ 'equals-ignore-case': 'HIGH' }], 'high', true],
    ['a wildcard', [{ wildcard: 'a*c.*' }], 'abbc.csv', true],
    ['a wildcard in the middle only', [{ wildcard: 'a*c' }], 'abcd', false],
    ['a dot is no wildcard', [{ wildcard: 'a.c*' }], 'abcd', false],
    ['anything but', [{ 'anything-but': ['isolation'] }], 'data', true],
    ['nothing but', [{ 'anything-but': ['isolation'] }], 'isolation', false],
    ['anything but a prefix', [{ 'anything-but': { prefix: 'log' } }], 'logs', false],
    ['anything but, against an absent field', [{ 'anything-but': ['isolation'] }], undefined, false],
    ['a number in a range', [{ numeric: ['>', 0, '<=', 5] }], 5, true],
    ['a number outside', [{ numeric: ['>', 0, '<=', 5] }], 0, false],
    ['a text where a number is wanted', [{ numeric: ['=', 5] }], '5', false],
    ['presence', [{ exists: true }], null, true],
    ['absence', [{ exists: false }], undefined, true],
    ['absence, but it is there', [{ exists: false }], 'x', false],
    ['an element of an array', ['b'], ['a', 'b'], true],
    ['no element of an array', ['c'], ['a', 'b'], false],
  ])('matches by %s', (_, filter, value, expected) => {
    expect(matchesPattern({ field: filter }, { field: value })).toBe(expected);
  });

  it('matches only where all fields do', () => {
    const pattern = { source: ['aws.macie'], detail: { severity: { description: ['High'] } } };

    expect(
      matchesPattern(pattern, { source: 'aws.macie', detail: { severity: { description: 'High' } } }),
    ).toBe(true);
    expect(
      matchesPattern(pattern, { source: 'aws.macie', detail: { severity: { description: 'Low' } } }),
    ).toBe(false);
    expect(matchesPattern(pattern, { source: 'aws.macie', detail: null })).toBe(false);
  });

  it('matches two fields below an array only in the same element', () => {
    const pattern = { detections: { name: ['a'], count: [2] } };

    expect(matchesPattern(pattern, { detections: [{ name: 'a', count: 2 }] })).toBe(true);
    expect(
      matchesPattern(pattern, {
        detections: [
          { name: 'a', count: 1 },
          { name: 'b', count: 2 },
        ],
      }),
    ).toBe(false);
  });

  it('matches one of the alternatives of $or', () => {
    const pattern = { $or: [{ a: [1] }, { b: [2] }] };

    expect(matchesPattern(pattern, { b: 2 })).toBe(true);
    expect(matchesPattern(pattern, { a: 2, b: 1 })).toBe(false);
  });

  it.each<[string, unknown, unknown]>([
    ['a filter it does not know', [{ cidr: '10.0.0.0/8' }], '10.0.0.1'],
    ['anything-but of a boolean, which EventBridge refuses', [{ 'anything-but': [true] }], 'x'],
    ['a comparison it does not know', [{ numeric: ['~', 1] }], 1],
    ['half a comparison', [{ numeric: ['>'] }], 1],
    ['a prefix that is no text', [{ prefix: 1 }], 'x'],
    ['two operators at once', [{ prefix: 'a', suffix: 'b' }], 'x'],
  ])('throws an error at %s', (_, filter, value) => {
    expect(() => matchesPattern({ field: filter }, { field: value })).toThrow(
      /unknown|anything-but takes|numeric takes|prefix takes|one operator/,
    );
  });

  it.each([
    ['$or of one', { $or: [{ a: [1] }] }],
    ['a pattern that is a list', ['a']],
  ])('throws an error at %s', (_, pattern) => {
    expect(() => matchesPattern(pattern, { a: 1 })).toThrow(/\$or|object/);
  });
});
