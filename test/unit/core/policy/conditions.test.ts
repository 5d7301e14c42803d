import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../src/core/finding.ts';
import { compile } from '../../../../src/core/policy/conditions.ts';
import { policySchema } from '../../../../src/core/policy/schema.ts';
import { all, any, not, type Truth } from '../../../../src/core/policy/truth.ts';
import type { When } from '../../../../src/core/policy/when-schema.ts';
import { unreadableRegion } from '../../../../src/core/region.ts';
import { finding, flaggedObject } from '../../../support/findings.ts';

const parsed = (when: Record<string, unknown>): When => {
  const document = { version: 1, rules: [{ name: 'r', when, action: 'alert' }], default: 'alert' };
  const [rule] = policySchema.parse(document).rules;
  return rule?.when ?? {};
};
const truth = (when: Record<string, unknown>, about: Finding, origin = 'eventbridge'): Truth =>
  compile(parsed(when))({ finding: about, origin });
const traits = (given: NonNullable<Finding['traits']>, more: Partial<Finding> = {}) =>
  finding({ traits: given, ...more });
const object = (given: Parameters<typeof flaggedObject>[0]) => finding({ object: flaggedObject(given) });
const { severity: _, ...unrated } = finding();
const custom = (name: string, count?: number, id?: string) => ({
  kind: 'custom' as const,
  name,
  ...(id !== undefined && { id }),
  ...(count !== undefined && { count }),
});
const managed = (name: string, count?: number) => ({
  kind: 'managed' as const,
  name,
  ...(count !== undefined && { count }),
});
const detecting = (...detections: Finding['detections'][number][]) =>
  finding({ detections, detectionsOmitted: 0, omitted: { managed: 0, custom: 0 } });

describe('each condition', () => {
  it.each([
    ['severity', { severity: 'High' }, finding({ severity: 'High' }), true],
    ['severity', { severity: ['Low', 'Medium'] }, finding({ severity: 'High' }), false],
    ['severity', { severity: 'High' }, unrated, { unknown: 'severity' }],
    ['minSeverity', { minSeverity: 'Medium' }, finding({ severity: 'High' }), true],
    ['minSeverity', { minSeverity: 'Medium' }, finding({ severity: 'Medium' }), true],
    ['minSeverity', { minSeverity: 'Medium' }, finding({ severity: 'Low' }), false],
    ['minSeverity', { minSeverity: 'Low' }, unrated, { unknown: 'severity' }],
    [
      'type',
      { type: 'SensitiveData:S3Object/Personal' },
      finding({ type: 'SensitiveData:S3Object/Personal' }),
      true,
    ],
    ['type', { type: 'x' }, finding(), false],
    [
      'category',
      { category: 'PERSONAL_INFORMATION' },
      traits({ categories: ['CLASSIFICATION', 'PERSONAL_INFORMATION'] }),
      true,
    ],
    ['category', { category: 'CREDENTIALS' }, traits({ categories: ['CLASSIFICATION'] }), false],
    ['category', { category: 'CREDENTIALS' }, traits({}), { unknown: 'category' }],
    ['storageClass', { storageClass: 'GLACIER' }, traits({ storageClass: 'GLACIER' }), true],
    ['storageClass', { storageClass: 'GLACIER' }, traits({}), { unknown: 'storageClass' }],
    ['discovery', { discovery: 'job' }, traits({ discovery: 'automated' }), false],
    ['discovery', { discovery: 'job' }, traits({}), { unknown: 'discovery' }],
    ['encryption', { encryption: ['none', 'AES256'] }, traits({ encryption: 'none' }), true],
    ['encryption', { encryption: 'none' }, traits({}), { unknown: 'encryption' }],
    ['account', { account: '444455556666' }, object({ accountId: '444455556666' }), true],
    ['account', { account: ['1'] }, object({ accountId: '444455556666' }), false],
    ['region', { region: 'eu-west-1' }, object({ region: 'eu-west-1' }), true],
    ['jobId', { jobId: 'j1' }, traits({ jobId: 'j1', discovery: 'job' }), true],
    ['jobId', { jobId: 'j1' }, traits({ discovery: 'automated' }), false],
    ['jobId', { jobId: 'j1' }, traits({}), { unknown: 'jobId' }],
    ['bucket', { bucket: ['lake-*', 'other'] }, object({ bucket: 'lake-raw' }), true],
    ['key', { key: '*/raw/*' }, object({ key: 'in/raw/a.csv' }), true],
    ['key', { key: '*/raw/*' }, object({ key: 'raw/a.csv' }), false],
    ['extension', { extension: 'CSV' }, object({ key: 'a.csv' }), true],
    ['extension', { extension: '' }, object({ key: 'dir.d/.hidden' }), true],
    ['extension', { extension: 'parquet' }, traits({ extension: 'parquet' }), true],
    ['minSize', { minSize: '10 MB' }, object({ sizeBytes: 10_000_000 }), true],
    ['minSize', { minSize: '10 MiB' }, object({ sizeBytes: 10_485_759 }), false],
    ['maxSize', { maxSize: 5 }, object({ sizeBytes: 5 }), true],
    ['maxSize', { maxSize: 5 }, object({ sizeBytes: 6 }), false],
    ['publicAccess', { publicAccess: true }, traits({ publicAccess: true }), true],
    ['publicAccess', { publicAccess: false }, traits({ publicAccess: true }), false],
    ['publicAccess', { publicAccess: true }, traits({}), { unknown: 'publicAccess' }],
    ['partial', { partial: true }, traits({ partial: false }), false],
    ['partial', { partial: true }, traits({}), { unknown: 'partial' }],
    ['objectTag', { objectTag: 'class' }, traits({ objectTags: [{ key: 'class', value: 'x' }] }), true],
    [
      'objectTag',
      { objectTag: 'class=pub*' },
      traits({ objectTags: [{ key: 'class', value: 'public' }] }),
      true,
    ],
    [
      'objectTag',
      { objectTag: 'class=secret' },
      traits({ objectTags: [{ key: 'class', value: 'public' }] }),
      false,
    ],
    ['objectTag', { objectTag: 'class' }, traits({ objectTags: [] }), false],
    ['objectTag', { objectTag: 'class' }, traits({}), { unknown: 'objectTag' }],
    ['bucketTag', { bucketTag: 'env=prod' }, traits({ bucketTags: [{ key: 'env', value: 'prod' }] }), true],
    ['bucketTag', { bucketTag: 'env=prod' }, traits({}), { unknown: 'bucketTag' }],
    ['customDataIdentifier', { customDataIdentifier: 'US *' }, detecting(custom('US Passport', 1)), true],
    [
      'customDataIdentifier',
      { customDataIdentifier: 'id-1' },
      detecting(custom('US Passport', 1, 'id-1')),
      true,
    ],
    ['customDataIdentifier', { customDataIdentifier: 'NAME' }, detecting(managed('NAME', 1)), false],
    ['managedDataIdentifier', { managedDataIdentifier: 'NAME' }, detecting(managed('NAME', 1)), true],
    ['objectTag', { objectTag: ['a', 'b'] }, traits({ objectTags: [{ key: 'b', value: '' }] }), true],
    ['objectTag', { objectTag: '=x' }, traits({ objectTags: [{ key: '=x', value: '' }] }), false],
    ['partial', { partial: true }, traits({ partial: true }), true],
    ['customDataIdentifier', { customDataIdentifier: 'y' }, detecting(custom('x', 1, 'id-1')), false],
    [
      'minCount of those named',
      { customDataIdentifier: 'x', minCount: 3 },
      detecting(managed('NAME', 9), custom('x', 3)),
      true,
    ],
    [
      'minCount of those named',
      { managedDataIdentifier: 'NAME', minCount: 9 },
      detecting(managed('NAME', 9), custom('x', 3)),
      true,
    ],
    ['minCount over all', { minCount: 5 }, detecting(managed('NAME', 2), custom('x', 3)), true],
    ['minCount over all', { minCount: 6 }, detecting(managed('NAME', 2), custom('x', 3)), false],
    [
      'minCount of those named',
      { customDataIdentifier: 'x', minCount: 4 },
      detecting(managed('NAME', 9), custom('x', 3)),
      false,
    ],
    ['minCount', { minCount: 6 }, detecting(managed('NAME', 2), custom('x')), { unknown: 'count' }],
    ['minCount', { minCount: 2 }, detecting(managed('NAME', 2), custom('x')), true],
  ] as const)('%s %j', (_name, when, about, expected) => {
    expect(truth(when, about)).toEqual(expected);
  });

  it.each([
    [{ customDataIdentifier: 'y' }, { unknown: 'customDataIdentifier' }],
    [{ managedDataIdentifier: 'y' }, false],
    [{ minCount: 100 }, { unknown: 'count' }],
    [{ managedDataIdentifier: 'NAME', minCount: 100 }, false],
    [{ customDataIdentifier: 'x', minCount: 100 }, { unknown: 'count' }],
  ])('%j where custom detections were left out is %j', (when, expected) => {
    const cut = finding({
      detections: [managed('NAME', 1), custom('x', 1)],
      detectionsOmitted: 3,
      omitted: { managed: 0, custom: 3 },
    });
    expect(truth(when, cut)).toEqual(expected);
  });

  it('minCount of a managed identifier is unknown where managed detections were left out', () => {
    const cut = finding({
      detections: [managed('NAME', 1)],
      detectionsOmitted: 1,
      omitted: { managed: 1, custom: 0 },
    });

    expect(truth({ managedDataIdentifier: 'NAME', minCount: 2 }, cut)).toEqual({ unknown: 'count' });
  });

  it.each([
    ['category', 'x'],
    ['storageClass', 'GLACIER'],
    ['discovery', 'job'],
    ['encryption', 'none'],
    ['jobId', '1'],
    ['publicAccess', true],
    ['partial', true],
    ['objectTag', 'x'],
    ['bucketTag', 'x'],
  ])('%s of a finding without any trait is unknown', (name, value) => {
    const { traits: _traits, ...bare } = finding();

    expect(truth({ [name]: value }, bare)).toEqual({ unknown: name });
  });

  it('origin is that of the message', () => {
    expect(truth({ origin: ['backfill', 'replay'] }, finding(), 'replay')).toBe(true);
    expect(truth({ origin: 'backfill' }, finding())).toBe(false);
  });

  it('size and region are unknown where the finding does not say', () => {
    const { sizeBytes: _size, region: _region, ...bare } = flaggedObject();
    const about = finding({ object: bare });
    expect(truth({ minSize: 1 }, about)).toEqual({ unknown: 'size' });
    expect(truth({ region: 'us-east-1' }, about)).toEqual({ unknown: 'region' });
    const malformed = finding({ object: { ...bare, region: unreadableRegion } });
    expect(truth({ region: 'us-east-1' }, malformed)).toEqual({ unknown: 'region' });
    expect(truth({ not: { region: 'us-east-1' } }, malformed)).toEqual({ unknown: 'region' });
  });
});

describe('conditions together', () => {
  it('must all hold, with not and anyOf', () => {
    const when = { severity: 'High', not: { key: 'public/*' }, anyOf: [{ bucket: 'a' }, { bucket: 'b' }] };
    const about = (bucket: string, key: string) => object({ bucket, key });
    expect(truth(when, about('a', 'x'))).toBe(true);
    expect(truth(when, about('b', 'x'))).toBe(true);
    expect(truth(when, about('c', 'x'))).toBe(false);
    expect(truth(when, about('a', 'public/x'))).toBe(false);
  });

  it('not of unknown is unknown, at any depth', () => {
    expect(truth({ not: { publicAccess: true } }, traits({}))).toEqual({ unknown: 'publicAccess' });
    expect(truth({ not: { not: { publicAccess: true } } }, traits({}))).toEqual({ unknown: 'publicAccess' });
  });
});

describe('three-valued logic', () => {
  const unknown = { unknown: 'x' };
  const one = fc.constantFrom<Truth>(true, false, unknown);
  const tests = (truths: readonly Truth[]) => truths.map((each) => () => each);
  const rank = (each: Truth) => (each === false ? 0 : each === true ? 2 : 1);

  it('all is the least, any the greatest, and not turns them round', () => {
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 5 }), (truths) => {
        const ranks = truths.map(rank);
        expect(rank(all(tests(truths))(undefined))).toBe(Math.min(...ranks));
        expect(rank(any(tests(truths))(undefined))).toBe(Math.max(...ranks));
        const turned = truths.map((each) => not(() => each)(undefined));
        expect(rank(not(all(tests(truths)))(undefined))).toBe(rank(any(tests(turned))(undefined)));
      }),
    );
  });

  it('an unknown that becomes known changes no decided answer', () => {
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 5 }), fc.boolean(), (truths, fact) => {
        const facts = truths.map((each) => (each === unknown ? fact : each));
        for (const combine of [all<undefined>, any<undefined>]) {
          const before = combine(tests(truths))(undefined);
          if (before !== unknown) expect(combine(tests(facts))(undefined)).toBe(before);
        }
      }),
    );
  });
});
