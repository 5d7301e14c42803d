import { describe, expect, it } from 'vitest';
import { implies, isNeverMet } from '../../../../src/core/policy/implies.ts';
import { mayMeet } from '../../../../src/core/policy/may-meet.ts';
import type { When } from '../../../../src/core/policy/when-schema.ts';

/** The narrow conditions, the wide ones, and whether each finding that meets the first meets the second. */
const pairs: [When, When, boolean][] = [
  [{}, { bucket: undefined }, true],
  [{ minSeverity: 'High' }, { minSeverity: 'High' }, true],
  [{ severity: ['High'] }, { minSeverity: 'Medium' }, true],
  [{}, { minSeverity: 'Low' }, false],
  [{ minSize: 10 }, { minSize: 10 }, true],
  [{ minSize: 9 }, { minSize: 10 }, false],
  [{}, { minSize: 0 }, false],
  [{ maxSize: 10 }, { maxSize: 10 }, true],
  [{ maxSize: 11 }, { maxSize: 10 }, false],
  [{}, { maxSize: 10 }, false],
  [{ partial: true }, { partial: true }, true],
  [{ partial: false }, { partial: true }, false],
  [{ account: ['1', '2'] }, { account: ['1'] }, false],
  [{ account: ['1'] }, { account: ['1', '2'] }, true],
  [{ extension: ['CSV'] }, { extension: ['csv'] }, true],
  [{ extension: ['csv'] }, { extension: ['json'] }, false],
  [{ key: ['a', 'b'] }, { key: ['a'] }, false],
  [{ key: ['ab'] }, { key: ['a*', 'z*'] }, true],
  [{ key: ['a*b'] }, { key: ['ab'] }, false],
  [{ key: ['a\\*'] }, { key: ['a'] }, false],
  [{ key: ['a\\*'] }, { key: ['a\\*'] }, true],
  [{ managedDataIdentifier: ['USA_SSN'] }, { managedDataIdentifier: ['USA_*'] }, true],
  [{ customDataIdentifier: ['x', 'y'], minCount: 2 }, { customDataIdentifier: ['x'], minCount: 2 }, false],
  [
    { customDataIdentifier: ['x'], managedDataIdentifier: ['y'], minCount: 2 },
    { managedDataIdentifier: ['y'], minCount: 2 },
    false,
  ],
  [{ managedDataIdentifier: ['y'], minCount: 2 }, { managedDataIdentifier: ['y'], minCount: 2 }, true],
  [{ minCount: 2 }, { minCount: 2 }, true],
  [{ anyOf: [{ key: ['ab'] }, { key: ['z'] }] }, { anyOf: [{ key: ['a*'] }] }, false],
  [{}, { anyOf: [{ key: ['a*'] }] }, false],
  [{ not: { key: ['a'] } }, { not: { key: ['b'] } }, false],
];

describe('conditions imply others', () => {
  it.each(pairs)('%j implies %j: %s', (narrow, wide, expected) => {
    expect(implies(narrow, wide)).toBe(expected);
  });
});

describe('conditions are never met', () => {
  it.each<[When, boolean]>([
    [{ jobId: ['a'] }, false],
    [{ discovery: ['automated'] }, false],
    [{ jobId: ['a'], discovery: ['job'] }, false],
    [{ jobId: ['a'], discovery: ['job', 'automated'] }, false],
    [{ jobId: ['a'], discovery: ['automated'] }, true],
    [{ anyOf: [{ severity: ['Low'], minSeverity: 'High' }, { key: ['a'] }] }, false],
    [{ minSeverity: 'Medium' }, false],
  ])('%j: %s', (when, expected) => {
    expect(isNeverMet(when)).toBe(expected);
  });
});

describe('conditions may meet others', () => {
  it.each<[When, When, boolean]>([
    [{ account: ['1'] }, {}, true],
    [{}, { account: ['1'] }, true],
    [{ account: ['1', '2'] }, { account: ['2', '3'] }, true],
    [{ account: ['1'] }, { account: ['2'] }, false],
    [{ severity: ['Low'] }, { minSeverity: 'High' }, false],
    [{ severity: ['Low', 'High'] }, { minSeverity: 'High' }, true],
    [{ bucket: ['a', 'lake-x'] }, { bucket: ['lake-*'] }, true],
    [{ bucket: ['lake-*'] }, { bucket: ['z', 'lake-x'] }, true],
    [{ bucket: ['lake-*'] }, { bucket: ['pond-lake-*'] }, false],
    [{ bucket: ['lake-*'] }, { bucket: ['lake-raw-*'] }, true],
    [{ bucket: ['lake-raw-*'] }, { bucket: ['lake-*'] }, true],
    [{ bucket: ['e-*'] }, { bucket: ['lake-e-*'] }, false],
    [{ bucket: ['lake-e-*'] }, { bucket: ['e-*'] }, false],
    [{ key: ['*.csv'] }, { key: ['*.csv.gz'] }, false],
    [{ key: ['*.csv.gz'] }, { key: ['*.csv'] }, false],
    [{ key: ['*.gz'] }, { key: ['*.csv.gz'] }, true],
    [{ key: ['*.csv.gz'] }, { key: ['*.gz'] }, true],
    [{ key: ['abc'] }, { key: ['a*c'] }, true],
    [{ key: ['a*c'] }, { key: ['abc'] }, true],
    [{ key: ['abc'] }, { key: ['a*d'] }, false],
    [{ key: ['a*d'] }, { key: ['abc'] }, false],
    [{ key: ['ac'] }, { key: ['a*b*c'] }, false],
    [{ key: ['a*b*c'] }, { key: ['ac'] }, false],
    [{ key: ['a\\*'] }, { key: ['a\\*'] }, true],
    [{ key: ['a\\*'] }, { key: ['a'] }, false],
    [{ key: ['a\\*b*'] }, { key: ['a\\*b*'] }, true],
    [{ key: ['a\\*b*'] }, { key: ['ab*'] }, false],
  ])('%j and %j: %s', (one, other, expected) => {
    expect(mayMeet(one, other)).toBe(expected);
  });
});
