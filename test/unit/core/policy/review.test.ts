import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../../../src/config/policy/read-policy.ts';
import { review } from '../../../../src/core/policy/review.ts';

const at = new Date('2026-11-28T12:00:00Z');
const document = (text: string) => {
  const read = readPolicy(text);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.policy.document;
};
const remarks = (first: string, second: string, never = '') =>
  review(
    document(
      `version: 1\n${never}rules:\n  - { name: one, when: ${first}, action: isolate }\n  - { name: two, when: ${second}, action: alert }\ndefault: alert\n`,
    ),
    at,
  );
const messages = (first: string, second: string, never?: string) =>
  remarks(first, second, never).map(({ level, message }) => `${level}: ${message}`);
const hidden = 'warning: Rule "two" is hidden: whatever it matches, "one" above matches first.';

describe('a rule', () => {
  it.each([
    ['{ severity: [High, Medium] }', '{ severity: High }'],
    ['{ severity: [High, Medium] }', '{ minSeverity: Medium }'],
    ['{ minSeverity: Medium }', '{ severity: High }'],
    ['{ minSeverity: Medium }', '{ minSeverity: High, key: a }'],
    ['{ bucket: "lake-*" }', '{ bucket: [lake-raw, "lake-*-in"] }'],
    ['{ key: "*.csv" }', '{ key: "in/*.csv" }'],
    ['{ key: "*" }', '{ key: "\\\\*" }'],
    ['{ extension: [CSV, json] }', '{ extension: csv }'],
    ['{ account: ["1", "2"] }', '{ account: "2" }'],
    ['{ minSize: 10 }', '{ minSize: 20 }'],
    ['{ maxSize: 20 }', '{ maxSize: 10 }'],
    ['{ publicAccess: true }', '{ publicAccess: true, partial: true }'],
    ['{ minCount: 2 }', '{ customDataIdentifier: x, minCount: 3 }'],
    ['{ customDataIdentifier: "x*", minCount: 2 }', '{ customDataIdentifier: xy, minCount: 2 }'],
    ['{ objectTag: [a, b] }', '{ objectTag: b }'],
    ['{ not: { key: a } }', '{ not: { key: a }, bucket: b }'],
    ['{ anyOf: [{ key: a }, { bucket: b }] }', '{ bucket: b }'],
    ['{ anyOf: [{ key: "a*" }, { bucket: b }] }', '{ anyOf: [{ key: ab }, { key: ac }] }'],
  ])('below %s with %s is hidden', (first, second) => {
    expect(messages(first, second)).toStrictEqual([hidden]);
  });

  it.each([
    ['{ severity: High }', '{ severity: [High, Medium] }'],
    ['{ severity: High }', '{ bucket: x }'],
    ['{ minSeverity: High }', '{ minSeverity: Medium }'],
    ['{ minSeverity: Low }', '{ bucket: x }'],
    ['{ bucket: lake-raw }', '{ bucket: "lake-*" }'],
    ['{ key: "\\\\*" }', '{ key: "*" }'],
    ['{ key: "a*b" }', '{ key: "a*" }'],
    ['{ extension: csv }', '{ key: "*.csv" }'],
    ['{ minSize: 20 }', '{ minSize: 10 }'],
    ['{ maxSize: 10 }', '{ maxSize: 20 }'],
    ['{ minSize: 20 }', '{ key: a }'],
    ['{ maxSize: 20 }', '{ key: a }'],
    ['{ publicAccess: true }', '{ publicAccess: false }'],
    ['{ minCount: 3 }', '{ minCount: 2 }'],
    ['{ minCount: 3 }', '{ customDataIdentifier: x }'],
    [
      '{ customDataIdentifier: x, minCount: 2 }',
      '{ customDataIdentifier: x, managedDataIdentifier: y, minCount: 2 }',
    ],
    ['{ not: { key: a } }', '{ bucket: b }'],
    ['{ anyOf: [{ key: a }] }', '{ key: b }'],
    ['{ objectTag: a }', '{ objectTag: "a=1" }'],
  ])('below %s with %s is not said to be hidden', (first, second) => {
    expect(messages(first, second)).toStrictEqual([]);
  });

  it.each([
    '{ severity: Low, minSeverity: High }',
    '{ jobId: a, discovery: automated }',
    '{ key: a, not: { key: "a*" } }',
    '{ anyOf: [{ severity: Low, minSeverity: High }] }',
  ])('with %s can never match', (when) => {
    expect(messages('{ region: x }', when)).toStrictEqual([
      'warning: Rule "two" can never match: its conditions exclude each other.',
    ]);
  });
});

describe('an exception', () => {
  const never = (when: string, until = '') =>
    `never:\n  - { name: hold, when: ${when}, reason: r${until && `, until: ${until}`} }\n`;
  const about = (when: string, until?: string, rule = '{ bucket: "lake-*" }') =>
    messages(rule, '{ region: x }', never(when, until));
  const meets = 'notice: The exception "hold" may make an alert of what rule "one" isolates.';

  it.each([
    ['{ bucket: lake-raw }', undefined, [meets]],
    ['{ key: "in/*" }', undefined, [meets]],
    ['{ bucket: "*-raw" }', undefined, [meets]],
    ['{ bucket: other }', undefined, []],
    ['{ bucket: "other-*" }', undefined, []],
    [
      '{ bucket: "*" }',
      undefined,
      ['warning: The exception "hold" covers rule "one", which so never isolates.'],
    ],
    [
      '{ bucket: lake-x }',
      '2026-11-27',
      ['warning: The exception "hold" has ended on 2026-11-27: it does not apply any more.'],
    ],
    ['{ bucket: lake-x }', '2026-11-28', ['warning: The exception "hold" ends on 2026-11-28.', meets]],
    ['{ bucket: other }', '2026-12-04', ['warning: The exception "hold" ends on 2026-12-04.']],
    ['{ bucket: other }', '2026-12-05', []],
    [
      '{ severity: Low, minSeverity: High }',
      undefined,
      ['warning: The exception "hold" can never match: its conditions exclude each other.'],
    ],
  ])('with %s until %s', (when, until, expected) => {
    expect(about(when, until)).toStrictEqual(expected);
  });

  it('of other accounts or with another end of the key does not meet the rule', () => {
    expect(about('{ account: "1" }', undefined, '{ account: "2" }')).toStrictEqual([]);
    expect(about('{ key: "*.csv" }', undefined, '{ key: "*.json" }')).toStrictEqual([]);
  });

  it('is told of at its place', () => {
    expect(remarks('{ bucket: x }', '{ region: x }', never('{ bucket: x }', '2026-11-01'))).toMatchObject([
      { path: ['never', 0, 'until'] },
    ]);
    expect(remarks('{ bucket: x }', '{ bucket: x }')).toMatchObject([{ path: ['rules', 1, 'name'] }]);
    expect(remarks('{ bucket: x }', '{ region: x }', never('{ bucket: x }'))).toMatchObject([
      { path: ['never', 0, 'name'] },
    ]);
  });

  it.each([
    ['2026-11-28T23:59:59.999Z', 'ends on'],
    ['2026-11-29T00:00:00.000Z', 'has ended on'],
    ['2026-11-22T00:00:00.000Z', 'ends on'],
    ['2026-11-21T23:59:59.999Z', undefined],
  ])('until 2026-11-28, looked at on %s, %s it', (time, expected) => {
    const policy = document(`version: 1\n${never('{ bucket: x }', '2026-11-28')}rules: []\ndefault: alert\n`);

    expect(review(policy, new Date(time)).map(({ message }) => message)).toStrictEqual(
      expected === undefined ? [] : [expect.stringContaining(`${expected} 2026-11-28`)],
    );
  });
});
