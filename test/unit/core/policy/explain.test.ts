import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../../../src/config/policy/read-policy.ts';
import { explain } from '../../../../src/core/policy/explain.ts';
import { compilePolicy } from '../../../../src/core/policy/policy.ts';
import { findingFrom } from '../../../../src/core/policy/test-finding.ts';
import type { When } from '../../../../src/core/policy/when-schema.ts';
import { arbitraryFinding } from '../../../support/arbitrary-findings.ts';

const at = new Date('2026-11-28T12:00:00Z');
const policy = (when: string, more = '') => {
  const read = readPolicy(
    `version: 1\n${more}rules:\n  - { name: it, when: ${when}, action: isolate }\ndefault: alert\n`,
  );
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.policy;
};

describe('an explanation', () => {
  it.each([
    ['{ severity: High }', 'fails', 'severity', '"Medium"'],
    ['{ minSeverity: High }', 'fails', 'minSeverity', '"Medium"'],
    ['{ type: x }', 'fails', 'type', '"SensitiveData:S3Object/Multiple"'],
    ['{ category: CREDENTIALS }', 'fails', 'category', '["FINANCIAL_INFORMATION"]'],
    ['{ storageClass: GLACIER }', 'fails', 'storageClass', '"STANDARD"'],
    ['{ discovery: automated }', 'fails', 'discovery', '"job"'],
    ['{ encryption: AES256 }', 'fails', 'encryption', '"aws:kms"'],
    ['{ account: "000000000001" }', 'fails', 'account', '"000000000002"'],
    ['{ region: us-east-1 }', 'fails', 'region', '"eu-west-1"'],
    ['{ jobId: a }', 'fails', 'jobId', '"b"'],
    ['{ bucket: "raw-*" }', 'fails', 'bucket', '"lake"'],
    ['{ key: "*.json" }', 'fails', 'key', '"in/a.csv"'],
    ['{ extension: json }', 'fails', 'extension', '"in/a.csv"'],
    ['{ minSize: 1 kB }', 'fails', 'minSize', '20'],
    ['{ maxSize: 10 }', 'fails', 'maxSize', '20'],
    ['{ publicAccess: true }', 'fails', 'publicAccess', 'false'],
    ['{ partial: true }', 'fails', 'partial', 'false'],
    ['{ customDataIdentifier: y }', 'fails', 'customDataIdentifier', '{"x":3}'],
    ['{ managedDataIdentifier: y }', 'fails', 'managedDataIdentifier', '{"NAME":4}'],
    ['{ minCount: 9 }', 'fails', 'minCount', '{"NAME":4,"x":3}'],
    ['{ objectTag: b }', 'fails', 'objectTag', '["a=1"]'],
    ['{ bucketTag: "team=x" }', 'fails', 'bucketTag', '["team=y"]'],
    ['{ origin: replay }', 'fails', 'origin', '"manual"'],
    ['{ not: { severity: Medium, bucket: lake } }', 'fails', 'not', 'severity: "Medium", bucket: "lake"'],
    ['{ anyOf: [{ key: a }, { bucket: b }] }', 'fails', 'anyOf', 'key: "in/a.csv"; bucket: "lake"'],
  ])('of %s names the condition and what the finding says', (when, result, condition, seen) => {
    const finding = findingFrom({
      severity: 'Medium',
      category: 'FINANCIAL_INFORMATION',
      storageClass: 'STANDARD',
      discovery: 'job',
      encryption: 'aws:kms',
      account: '000000000002',
      region: 'eu-west-1',
      jobId: 'b',
      bucket: 'lake',
      key: 'in/a.csv',
      size: 20,
      publicAccess: false,
      partial: false,
      customDataIdentifiers: { x: 3 },
      managedDataIdentifiers: { NAME: 4 },
      objectTags: { a: '1' },
      bucketTags: { team: 'y' },
    });

    const { entries } = explain(policy(when), finding, { at, origin: 'manual' });

    expect(entries).toMatchObject([{ block: 'rules', name: 'it', result, because: { condition, seen } }]);
  });

  it('says which condition is unknown, and that the finding does not say it', () => {
    const { decision, entries } = explain(policy('{ severity: High }'), findingFrom({}), { at });

    expect(entries).toStrictEqual([
      {
        block: 'rules',
        name: 'it',
        result: 'unknown',
        because: { condition: 'severity', wanted: '["High"]', seen: 'not in the finding' },
      },
    ]);
    expect(decision).toMatchObject({ action: 'alert', missing: 'severity' });
  });

  it.each([
    'category: a',
    'storageClass: a',
    'discovery: job',
    'encryption: none',
    'jobId: a',
    'publicAccess: true',
    'partial: true',
    'objectTag: a',
    'bucketTag: a',
  ])('of a finding without any trait says that %s is not in it', (when) => {
    const { traits: _, ...bare } = findingFrom({});

    expect(explain(policy(`{ ${when} }`), bare, { at }).entries).toMatchObject([
      { result: 'unknown', because: { seen: 'not in the finding' } },
    ]);
  });

  it('names an identifier whose count the finding does not say', () => {
    const about = { ...findingFrom({}), detections: [{ kind: 'managed', name: 'NAME' } as const] };

    expect(explain(policy('{ minCount: 2 }'), about, { at }).entries).toMatchObject([
      { result: 'unknown', because: { seen: '{"NAME":"unknown"}' } },
    ]);
  });

  it('takes a finding without an origin for one of EventBridge', () => {
    const { entries } = explain(policy('{ origin: eventbridge }'), findingFrom({}), { at });

    expect(entries).toMatchObject([{ result: 'holds' }]);
  });

  it.each([
    ['2026-11-28T23:59:59.999Z', 'holds'],
    ['2026-11-29T00:00:00.000Z', 'ended'],
  ])('at %s an exception until the day 2026-11-28 %s', (time, result) => {
    const never = 'never:\n  - { name: hold, when: { bucket: x }, reason: r, until: 2026-11-28 }\n';
    const moment = { at: new Date(time) };

    expect(explain(policy('{ bucket: x }', never), findingFrom({ bucket: 'x' }), moment)).toMatchObject({
      entries: [{ name: 'hold', result }, { name: 'it' }],
    });
  });

  it('names a condition that fails before one that is unknown', () => {
    const { entries } = explain(policy('{ severity: High, bucket: x }'), findingFrom({ bucket: 'y' }), {
      at,
    });

    expect(entries).toMatchObject([{ result: 'fails', because: { condition: 'bucket' } }]);
  });

  it('says of an exception whose last day is over that it has ended', () => {
    const never = 'never:\n  - { name: hold, when: { bucket: x }, reason: r, until: 2026-11-27 }\n';

    expect(explain(policy('{ bucket: x }', never), findingFrom({ bucket: 'x' }), { at })).toMatchObject({
      decision: { action: 'isolate' },
      entries: [
        { block: 'never', name: 'hold', result: 'ended' },
        { name: 'it', result: 'holds' },
      ],
    });
  });

  it('agrees with the decision: the first rule that holds decides, for any finding', () => {
    const whens: When[] = [
      { severity: ['High'], not: { key: ['*a*'] } },
      { minSize: 100 },
      { anyOf: [{ extension: ['csv'] }, { customDataIdentifier: ['*'], minCount: 2 }] },
    ];
    const three = compilePolicy({
      version: 1,
      rules: whens.map((when, index) => ({ name: `r${index}`, when, action: 'isolate' })),
      default: 'alert',
    });
    fc.assert(
      fc.property(arbitraryFinding, (finding) => {
        const { decision, entries } = explain(three, finding, { at });
        const first = entries.find(({ result }) => result === 'holds')?.name ?? 'default';
        expect(decision.rule).toBe(first);
      }),
    );
  });
});
