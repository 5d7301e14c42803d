import { describe, expect, it, vi } from 'vitest';
import { readPolicy } from '../../../../src/config/policy/read-policy.ts';
import { defaultPolicy } from '../../../../src/core/policy/policy.ts';
import { maximumPolicyBytes } from '../../../../src/core/policy/policy-text.ts';
import { policySchema } from '../../../../src/core/policy/schema.ts';

const valid = `version: 1
never:
  - name: case-4711
    when: { bucket: "legal-*" }
    reason: litigation hold, see case 4711
    until: 2027-06-30
rules:
  - name: high-severity
    when: { minSeverity: High, not: { key: "public/*" } }
    action: isolate
  - name: our-identifiers
    when: { customDataIdentifier: ["Patient ID", "US Passport"], minCount: 10 }
    action: isolate
default: alert
tests:
  - name: passports in the lake are isolated
    finding: { severity: Medium, customDataIdentifiers: { US Passport: 12 }, bucket: lake-raw, key: in/a.csv }
    expect: { rule: our-identifiers, action: isolate }
`;
/** The valid policy with one text in place of another. */
const but = (from: string, to: string) => {
  if (!valid.includes(from)) throw new Error(`the policy has no ${from}`);
  return valid.replace(from, () => to);
};
const told = (text: string, isolationBucket?: string) => {
  const read = readPolicy(text, isolationBucket);
  return read.ok ? [] : read.problems.map(({ column, line, message }) => `${line}:${column} ${message}`);
};

describe('a policy', () => {
  it('is read from YAML and from JSON, to the same hash', () => {
    const yaml = readPolicy(
      'version: 1\nrules:\n  - { name: high-severity, when: { severity: High }, action: isolate }\ndefault: alert\n',
    );
    const json = readPolicy(
      JSON.stringify({ version: 1, default: 'alert', rules: defaultPolicy.document.rules }),
    );
    expect(yaml.ok && json.ok && [yaml.policy.hash, json.policy.hash]).toEqual([
      defaultPolicy.hash,
      defaultPolicy.hash,
    ]);
  });

  it('may name its schema, use an alias and hold every block', () => {
    expect(told(valid)).toEqual([]);
    expect(told(`$schema: ./policy.schema.json\n${valid}`)).toEqual([]);
    expect(
      told(
        'version: 1\nrules:\n  - { name: a, when: &w { severity: High }, action: alert }\n  - { name: b, when: *w, action: isolate }\ndefault: alert\n',
      ),
    ).toEqual([]);
  });
});

describe('a broken policy', () => {
  it('that exhausts the stack of the schema is refused', () => {
    vi.spyOn(policySchema, 'safeParse').mockImplementationOnce(() => {
      throw new RangeError('Maximum call stack size exceeded');
    });
    expect(told(valid)).toEqual(['1:1 The policy is not understood: it may be nested too deeply.']);
  });

  const multiplying = `a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n`;

  it.each([
    ['', ['1:1 The policy is not valid: Invalid input: expected object, received null.']],
    ['[]', ['1:1 The policy is not valid: Invalid input: expected object, received array.']],
    ['rules', ['1:1 The policy is not valid: Invalid input: expected object, received string.']],
    ['x'.repeat(maximumPolicyBytes + 1), ['1:1 The policy is larger than 1 MiB.']],
    [multiplying, ['1:1 The policy uses aliases that multiply: more than 100 are not expanded.']],
    [but('version: 1', 'version: 2'), ['1:10 version must be 1.']],
    [but('version: 1', 'version: "1"'), ['1:10 version must be 1.']],
    [but('version: 1\n', ''), ['1:1 version must be 1.']],
    [
      but('default: alert', 'default: delete'),
      ['14:10 default must be "isolate", "fence", "alert" or "ignore".'],
    ],
    [
      but('default: alert', 'defualt: alert'),
      [
        '1:1 default must be "isolate", "fence", "alert" or "ignore".',
        '14:1 There is no field "defualt" in the policy. Did you mean "default"?',
      ],
    ],
    [
      but('default: alert', 'default: alert\ndefault: isolate'),
      ['15:1 The text is not understood: Map keys must be unique.'],
    ],
    [
      but('rules:', 'rule:'),
      ['1:1 The policy has no "rules".', '7:1 There is no field "rule" in the policy. Did you mean "rules"?'],
    ],
    [
      but('rules:', 'rules: none\nother:'),
      [
        '7:8 rules is not valid: Invalid input: expected array, received string.',
        '8:1 There is no field "other" in the policy.',
      ],
    ],
    [
      but('minSeverity: High', 'minSeverty: High'),
      ['9:13 There is no field "minSeverty" in rules[0].when. Did you mean "minSeverity"?'],
    ],
    [
      but('minSeverity: High', 'minSeverity: high'),
      ['9:26 rules[0].when.minSeverity must be "Low", "Medium" or "High".'],
    ],
    [
      but('minSeverity: High', 'minSeverity: 3'),
      ['9:26 rules[0].when.minSeverity must be "Low", "Medium" or "High".'],
    ],
    [
      but('minSeverity: High', 'severity: [High, Higher]'),
      ['9:30 rules[0].when.severity[1] must be one of "Low", "Medium", "High".'],
    ],
    [but('minSeverity: High', 'severity: []'), ['9:23 rules[0].when.severity must name at least one.']],
    [
      but('minSeverity: High', 'account: 123456789012'),
      ['9:22 rules[0].when.account must be text: put the number in quotes, or its leading zeros are lost.'],
    ],
    [
      but('minSeverity: High', 'account: ["1", 2]'),
      [
        '9:28 rules[0].when.account[1] must be text: put the number in quotes, or its leading zeros are lost.',
      ],
    ],
    [
      but('minSeverity: High', 'jobId: 12'),
      ['9:20 rules[0].when.jobId must be text: put the number in quotes, or its leading zeros are lost.'],
    ],
    [but('minSeverity: High', 'bucket: 5'), ['9:21 rules[0].when.bucket must be text; put it in quotes.']],
    [but('minSeverity: High', 'bucket: ""'), ['9:21 rules[0].when.bucket must not be empty.']],
    [
      but('minSeverity: High', 'key: [a, true]'),
      ['9:22 rules[0].when.key[1] must be text; put it in quotes.'],
    ],
    [
      but('minSeverity: High', 'extension: .csv'),
      ['9:24 rules[0].when.extension is written without the dot.'],
    ],
    [
      but('minSeverity: High', 'minSize: 10 MBit'),
      [
        '9:22 rules[0].when.minSize must be a number of bytes, or one with a unit such as "10 MB" or "10 MiB".',
      ],
    ],
    [
      but('minSeverity: High', 'minSize: -1'),
      [
        '9:22 rules[0].when.minSize must be a number of bytes, or one with a unit such as "10 MB" or "10 MiB".',
      ],
    ],
    [
      but('minSeverity: High', 'minSize: 2, maxSize: 1'),
      ['9:11 rules[0].when is never met: minSize is above maxSize.'],
    ],
    [
      but('minSeverity: High', 'publicAccess: yes'),
      ['9:27 rules[0].when.publicAccess must be true or false.'],
    ],
    [
      but('minSeverity: High', 'discovery: manual'),
      ['9:24 rules[0].when.discovery must be one of "job", "automated".'],
    ],
    [
      but('minSeverity: High', 'encryption: KMS'),
      ['9:25 rules[0].when.encryption must be one of "none", "AES256", "aws:kms", "aws:kms:dsse".'],
    ],
    [
      but('minSeverity: High', 'origin: web'),
      ['9:21 rules[0].when.origin must be one of "eventbridge", "backfill", "replay", "manual".'],
    ],
    [but('minCount: 10', 'minCount: 0'), ['12:76 rules[1].when.minCount must be 1 or more.']],
    [but('minCount: 10', 'minCount: many'), ['12:76 rules[1].when.minCount must be a whole number.']],
    [
      but('{ minSeverity: High, not: { key: "public/*" } }', '{}'),
      ['9:11 rules[0].when must hold at least one condition.'],
    ],
    [but('    when: { minSeverity: High, not: { key: "public/*" } }\n', ''), ['8:5 rules[0] has no "when".']],
    [
      but('not: { key: "public/*" }', 'not: { keys: x }'),
      ['9:39 There is no field "keys" in rules[0].when.not. Did you mean "key"?'],
    ],
    [
      but('not: { key: "public/*" }', 'not: {}'),
      ['9:37 rules[0].when.not must hold at least one condition.'],
    ],
    [but('not: { key: "public/*" }', 'anyOf: []'), ['9:39 rules[0].when.anyOf must hold at least one.']],
    [
      but('not: { key: "public/*" }', 'anyOf: [{ buket: x }]'),
      ['9:42 There is no field "buket" in rules[0].when.anyOf[0]. Did you mean "bucket"?'],
    ],
    [
      but('action: isolate', 'action: fenced'),
      ['10:13 rules[0].action must be "isolate", "fence", "alert" or "ignore".'],
    ],
    [
      but('action: isolate', 'action: isolate\n    fence: always'),
      ['11:12 rules[0].fence must be "off", "kept" or "first".'],
    ],
    [
      but('action: isolate', 'action: isolate\n    budget: 5'),
      ['11:5 There is no field "budget" in rules[0].'],
    ],
    [
      but('action: isolate', 'action: isolate\n    quite: true'),
      ['11:5 There is no field "quite" in rules[0]. Did you mean "quiet"?'],
    ],
    [
      but('action: isolate', 'action: isolate\n    tags: { "aws:x": y }'),
      ['11:13 rules[0].tags has the name "aws:x", which must not begin with aws: (S3 reserves it).'],
    ],
    [
      but('action: isolate', 'action: isolate\n    tags: { case: 4711 }'),
      ['11:19 rules[0].tags.case must be text; put it in quotes.'],
    ],
    [
      but('action: isolate', 'action: isolate\n    tags: { case: "<b>" }'),
      ['11:19 rules[0].tags.case must only hold letters, digits, spaces and _ . : / = + - @.'],
    ],
    [
      but(
        'action: isolate',
        `action: isolate\n    tags: { ${[...'abcdefghijk'].map((name) => `${name}: x`).join(', ')} }`,
      ),
      ['11:11 rules[0].tags must be at most ten: S3 takes no more.'],
    ],
    [
      but('action: isolate', 'action: isolate\n    dryRun: maybe'),
      ['11:13 rules[0].dryRun must be true or false.'],
    ],
    [
      but('action: isolate', 'action: isolate\n    sourceVersions: both'),
      ['11:21 rules[0].sourceVersions must be "flagged", "identical" or "all".'],
    ],
    ...['someone@example.com', 'arn:aws:sns:us-east-1:1:x', 'arn:aws:sns:us-east-1:111122223333:x.fifo'].map(
      (topic): [string, string[]] => [
        but('action: isolate', `action: isolate\n    alert: ${topic}`),
        ['11:12 rules[0].alert must be the ARN of a standard SNS topic.'],
      ],
    ),
    ...['0/hour', '500', '500/day', '1e3/hour'].map((limit): [string, string[]] => [
      but('action: isolate', `action: isolate\n    limit: ${limit}`),
      ['11:12 rules[0].limit must be a number of findings in an hour, such as 500/hour.'],
    ]),
    [
      but('name: our-identifiers', 'name: high-severity'),
      ['11:11 The name "high-severity" is taken by an entry above.'],
    ],
    [
      but('name: our-identifiers', 'name: case-4711'),
      ['11:11 The name "case-4711" is taken by an entry above.'],
    ],
    [
      but('name: our-identifiers', 'name: default'),
      ['11:11 rules[1].name must not be "default", which names the block below the rules.'],
    ],
    [
      but('name: our-identifiers', 'name: our identifiers'),
      ['11:11 rules[1].name must be up to 64 letters, digits, dots, hyphens or underscores.'],
    ],
    [but('    reason: litigation hold, see case 4711\n', ''), ['3:5 never[0] has no "reason".']],
    [but('until: 2027-06-30', 'until: 2027-02-30'), ['6:12 never[0].until is no day of the calendar.']],
    [
      but('until: 2027-06-30', 'until: tomorrow'),
      [
        '6:12 never[0].until must be a day such as 2027-06-30.',
        '6:12 never[0].until is no day of the calendar.',
      ],
    ],
    [
      but('bucket: "legal-*"', 'bucket: !!binary aGk='),
      ['4:30 never[0].when.bucket must be text; put it in quotes.'],
    ],
    [
      but('bucket: "legal-*"', 'bucket: !secret x'),
      ['4:21 The text is not understood: Unresolved tag: !secret.'],
    ],
    [
      but('bucket: lake-raw', 'buckets: lake-raw'),
      ['17:78 There is no field "buckets" in tests[0].finding. Did you mean "bucket"?'],
    ],
    [
      but('rule: our-identifiers, ', 'rul: x, '),
      ['18:15 There is no field "rul" in tests[0].expect. Did you mean "rule"?'],
    ],
  ])('%# is told with line, column and what to do', (text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  it('that is no YAML is told as such', () => {
    expect(told(but('bucket: "legal-*"', 'bucket: "legal-*'))[0]).toContain('The text is not understood: ');
  });

  it('names every problem at once', () => {
    expect(
      told(but('minSeverity: High', 'minSeverity: x').replace('minCount: 10', 'minCount: 0')),
    ).toHaveLength(2);
  });

  it('is refused where a rule names the isolation bucket', () => {
    expect(told(but('minSeverity: High', 'bucket: [a, isolation]'), 'isolation')).toEqual([
      '9:21 isolation is the isolation bucket: what lies there is never moved.',
    ]);
    expect(told(but('minSeverity: High', 'bucket: "*"'), 'isolation')).toEqual([]);
  });
});
