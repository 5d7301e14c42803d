import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../../../src/core/policy/policy.ts';
import { runPolicyTests } from '../../../../src/core/policy/run-tests.ts';
import { policySchema } from '../../../../src/core/policy/schema.ts';
import { findingFrom } from '../../../../src/core/policy/test-finding.ts';

const at = new Date('2026-11-28T12:00:00Z');
const noFile = () => Promise.resolve('there is no such file');
const run = (tests: readonly unknown[], readFinding: Parameters<typeof runPolicyTests>[2] = noFile) =>
  runPolicyTests(
    compilePolicy(
      policySchema.parse({
        version: 1,
        never: [{ name: 'held', when: { bucket: 'legal' }, reason: 'r' }],
        rules: [
          { name: 'high', when: { severity: 'High' }, action: 'isolate' },
          { name: 'replayed', when: { origin: 'replay' }, action: 'ignore' },
        ],
        default: 'alert',
        tests,
      }),
    ),
    at,
    readFinding,
  );
const high = { severity: 'High', bucket: 'lake' };
const passed = async (finding: unknown, wanted: unknown) =>
  (await run([{ name: 't', finding, expect: wanted }])).results.map((result) => result.passed);

describe('a test of a policy', () => {
  it.each([
    [high, { action: 'isolate' }, true],
    [high, { rule: 'high', action: 'isolate' }, true],
    [high, { rule: 'high', action: 'alert' }, false],
    [high, { rule: 'replayed', action: 'isolate' }, false],
    [{ ...high, bucket: 'legal' }, { rule: 'held', action: 'alert' }, true],
    [{ ...high, bucket: 'legal' }, { rule: 'high', action: 'alert' }, true],
    [{ severity: 'Low', origin: 'replay' }, { rule: 'replayed', action: 'ignore' }, true],
    [{ severity: 'Low' }, { rule: 'default', action: 'alert' }, true],
  ])('of %j that expects %j: %s', async (finding, wanted, expected) => {
    expect(await passed(finding, wanted)).toStrictEqual([expected]);
  });

  it('reads its finding from a file, or says why that cannot be used', async () => {
    const test = { name: 't', finding: 'a.json', expect: { action: 'isolate' } };
    const read = await run([test], () => Promise.resolve(findingFrom({ severity: 'High' })));
    const absent = await run([test]);

    expect(read.results).toMatchObject([{ index: 0, passed: true }]);
    expect(absent.results).toMatchObject([{ index: 0, passed: false, problem: 'there is no such file' }]);
    expect(absent.untested).toStrictEqual(['held', 'high', 'replayed']);
  });

  it('covers the rule and the exception that it meets', async () => {
    const { untested } = await run([
      { name: 't', finding: { ...high, bucket: 'legal' }, expect: { action: 'alert' } },
    ]);

    expect(untested).toStrictEqual(['replayed']);
  });
});
