import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../../../src/core/policy/policy.ts';
import { commandLine } from '../../../support/command-line.ts';
import { envelope, finding, macieDetail } from '../../../support/findings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'policy-command-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const save = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const policy = (...args: string[]) => commandLine(['policy', ...args], {});
/** A policy of one rule and these tests. */
const oneRule = (tests = '', never = '') =>
  `version: 1\n${never}rules:\n  - { name: raw, when: { severity: High, bucket: "raw-*" }, action: isolate }\ndefault: alert\n${tests}`;
const passing =
  'tests:\n  - { name: raw goes, finding: { severity: High, bucket: raw-a }, expect: { rule: raw, action: isolate } }\n';
const failing =
  'tests:\n  - { name: "raw, 100%", finding: { severity: Low, bucket: raw-a }, expect: { rule: raw, action: isolate } }\n';

describe('policy check', () => {
  it('of a valid policy runs its tests and says its hash', async () => {
    const run = await policy('check', save('p.yaml', oneRule(passing)));

    expect(run).toStrictEqual({
      code: 0,
      err: '',
      out: expect.stringMatching(/^Policy [0-9a-f]{16}: 1 test passed, 0 failed\n$/) as string,
    });
  });

  it('shows file, line and column, the line with a caret, and what was probably meant', async () => {
    const path = save('p.yaml', oneRule().replace('severity', '\tseverty'));

    const run = await policy('check', path);

    expect(run.code).toBe(3);
    expect(run.out).toBe(
      [
        `${path}:3:27: error: There is no field "severty" in rules[0].when. Did you mean "severity"?`,
        '  3 |   - { name: raw, when: { \\tseverty: High, bucket: "raw-*" }, action: isolate }',
        `    | ${' '.repeat(27)}^`,
        '1 problem',
        '',
      ].join('\n'),
    );
  });

  it('warns without failing: hidden rules and exceptions that have ended', async () => {
    const never = 'never:\n  - { name: hold, when: { bucket: raw-x }, reason: r, until: 2020-01-01 }\n';
    const hidden = oneRule('', never).replace(
      'default:',
      '  - { name: below, when: { severity: High, bucket: raw-b }, action: alert }\ndefault:',
    );

    const run = await policy('check', save('p.yaml', hidden));

    expect(run.code).toBe(0);
    expect(run.out).toContain(':3:62: warning: The exception "hold" has ended on 2020-01-01');
    expect(run.out).toContain(':6:13: warning: Rule "below" is hidden');
    expect(run.out).toContain('No test meets: hold, raw, below');
  });

  it('for GitHub writes commands whose text cannot end them', async () => {
    const run = await policy('check', save('p.yaml', oneRule(failing)), '--format', 'github');

    expect(run.code).toBe(3);
    expect(run.out).toMatch(
      /^::error file=\S+p\.yaml,line=6,col=13::The test "raw, 100%25" failed: expected /,
    );
    expect(run.out.trim().split('\n')).toHaveLength(1);
  });

  it('as JSON names messages, tests and coverage', async () => {
    const run = await policy('check', save('p.yaml', oneRule(failing)), '--format', 'json');

    expect(JSON.parse(run.out)).toMatchObject({
      valid: true,
      messages: [{ level: 'error', line: 6, column: 13 }],
      tests: [{ name: 'raw, 100%', passed: false }],
      untested: ['raw'],
    });
    const broken = await policy('check', save('q.yaml', 'version: 2'), '--format', 'json');
    expect(JSON.parse(broken.out)).toMatchObject({ valid: false });
  });

  it('refuses a rule about the isolation bucket where its name is known', async () => {
    const path = save('p.yaml', oneRule().replace('raw-*', 'the-isolation'));

    const run = await commandLine(['policy', 'check', path], { ISOLATION_BUCKET: 'the-isolation' });

    expect(run.code).toBe(3);
    expect(run.out).toContain('is the isolation bucket');
  });

  it('says that a file is not there, and that a format is none', async () => {
    expect(await policy('check', join(folder, 'none.yaml'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('cannot be read (ENOENT)') as string,
    });
    expect(await policy('check', save('p.yaml', oneRule()), '--format', 'xml')).toMatchObject({ code: 2 });
  });

  it('reads no more of a file than a policy may have', async () => {
    const run = await policy('check', save('p.yaml', `version: 1\n#${'x'.repeat(3 * 1024 * 1024)}`));

    expect(run).toMatchObject({ code: 3, out: expect.stringContaining('larger than 1 MiB') as string });
  });
});

describe('policy test', () => {
  it('shows for each rule the first condition that failed, with the value that it saw', async () => {
    const run = await policy('test', save('p.yaml', oneRule(failing)));

    expect(run).toMatchObject({ code: 3, err: '' });
    expect(run.out).toBe(
      [
        'FAILED  raw, 100%',
        '          expected isolate by raw, got alert by default',
        '          raw: fails, severity is to be ["High"], seen: "Low"',
        'No test meets: raw',
        '0 tests passed, 1 failed',
        '',
      ].join('\n'),
    );
  });

  it('reads findings of files from the folder of the policy', async () => {
    const tests = `tests:
  - { name: file, finding: finding.json, expect: { action: alert } }
  - { name: no file, finding: none.json, expect: { action: alert } }
  - { name: no finding, finding: other.json, expect: { action: alert } }
`;
    save('finding.json', JSON.stringify(envelope()));
    save('other.json', '{}');

    const run = await policy('test', save('p.yaml', oneRule(tests)), '--json');

    expect(run.code).toBe(3);
    expect(JSON.parse(run.out)).toMatchObject({
      tests: [
        { name: 'file', passed: true },
        { passed: false, why: [expect.stringContaining('cannot be read (ENOENT)')] },
        { passed: false, why: [expect.stringContaining('(not-a-finding)')] },
      ],
    });
  });

  it('of an invalid policy names the problems', async () => {
    const run = await policy('test', save('p.yaml', 'version: 2\nrules: []\ndefault: alert\n'));

    expect(run).toMatchObject({ code: 3, out: '' });
    expect(run.err).toContain('1:10 version must be 1.');
  });
});

describe('policy explain', () => {
  const file = () => save('finding.json', JSON.stringify(envelope(macieDetail())));

  it('shows the decision, and for each rule why it does not hold', async () => {
    const run = await policy('explain', file(), '--policy', save('p.yaml', oneRule()));

    expect(run.code).toBe(0);
    expect(run.out).toMatch(/^alert by default \(policy [0-9a-f]{16}\)\n/);
    expect(run.out).toContain('rule   raw: fails, bucket is to be ["raw-*"], seen: "member-data"');
  });

  it('names an exception with its reason, and as JSON the whole decision', async () => {
    const never = 'never:\n  - { name: hold, when: { bucket: member-data }, reason: litigation }\n';
    const path = save('p.yaml', oneRule('', never).replace('raw-*', 'member-*'));

    const text = await policy('explain', file(), '--policy', path);
    const json = await policy('explain', file(), '--policy', path, '--json');

    expect(text.out).toContain('alert by raw');
    expect(text.out).toContain('exception: hold, litigation');
    expect(JSON.parse(json.out)).toMatchObject({
      finding_id: finding().id,
      decision: { action: 'alert', rule: 'raw', exception: { name: 'hold' } },
      entries: [
        { block: 'never', result: 'holds' },
        { block: 'rules', result: 'holds' },
      ],
    });
  });

  it('reads a bare finding from standard input, and takes the policy of the settings', async () => {
    const run = await commandLine(
      ['policy', 'explain', '-'],
      { POLICY: oneRule() },
      { answers: JSON.stringify(macieDetail()) },
    );

    expect(run).toMatchObject({ code: 0, out: expect.stringContaining('rule   raw: fails') as string });
  });

  it('says of what is no finding how it would end', async () => {
    const run = await policy('explain', save('x.json', JSON.stringify(macieDetail({ sample: true }))));

    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('as ignored (sample)') as string });
  });
});

describe('policy show', () => {
  it('shows the built-in policy with its hash where none is set', async () => {
    const run = await policy('show', '--json');

    expect(JSON.parse(run.out)).toMatchObject({
      hash: defaultPolicy.hash,
      source: 'built-in',
      taken_up_at: null,
      policy: { default: 'alert' },
    });
  });

  it('shows the text of the file of the settings', async () => {
    const path = save('p.yaml', oneRule());

    const run = await commandLine(['policy', 'show'], { POLICY_FILE: path });

    expect(run.out).toMatch(/^# hash {4}[0-9a-f]{16}\n/);
    expect(run.out).toContain(`# source  ${path}`);
    expect(run.out.endsWith(oneRule())).toBe(true);
  });
});

describe('the policies of the cookbook', () => {
  const examples = new URL('../../../../examples/policies/', import.meta.url).pathname;
  const names = readdirSync(examples);

  it('are ten', () => {
    expect(names).toHaveLength(10);
  });

  it.each(names)('%s is valid, names its schema, and a test meets each of its rules', async (name) => {
    const path = join(examples, name);
    const run = await policy('check', path, '--format', 'json');

    expect(run.code).toBe(0);
    const { messages, untested } = JSON.parse(run.out) as {
      messages: { level: string }[];
      untested: string[];
    };
    expect(messages.filter(({ level }) => level !== 'notice')).toStrictEqual([]);
    expect(untested).toStrictEqual([]);
    expect(readFileSync(path, 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/\.\.\/docs\/policy\.schema\.json\n/,
    );
  });
});
