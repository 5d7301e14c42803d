import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MacieError } from '../../src/local/macie/macie-error.ts';
import { type MacieStandIn, startMacie } from '../../src/local/macie/start-macie.ts';
import { commandLine } from '../support/command-line.ts';
import { macieDetail } from '../support/findings.ts';
import { jsonLines } from '../support/json-lines.ts';

let folder: string;
let macie: MacieStandIn;
beforeEach(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  folder = mkdtempSync(join(tmpdir(), 'simulate-'));
  macie = await startMacie({ account: '111122223333' });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await macie.close();
  rmSync(folder, { recursive: true });
});

const inForce =
  'version: 1\nrules:\n  - { name: raw, when: { bucket: raw }, action: isolate }\ndefault: alert\n';
const candidate = [
  'version: 1',
  'never:',
  '  - { name: hold, when: { key: "legal/*" }, reason: case 4711 }',
  'rules:',
  '  - { name: raw, when: { bucket: raw }, action: isolate }',
  '  - { name: lake, when: { bucket: lake }, action: isolate, dryRun: true }',
  'default: alert',
  '',
].join('\n');

function known(index: number, bucket: string, key: string, more: Record<string, unknown> = {}): void {
  const id = index.toString(16).padStart(32, '0');
  const createdAt = new Date(Date.now() - 86_400_000 + index).toISOString();
  const { resourcesAffected, ...detail } = macieDetail({ createdAt, ...more }, { key, size: 100 });
  const affected = resourcesAffected as { s3Bucket: object };
  macie.findings.add({
    ...detail,
    id,
    resourcesAffected: { ...affected, s3Bucket: { ...affected.s3Bucket, name: bucket } },
  });
}

function simulate(...args: readonly string[]) {
  const policy = join(folder, 'policy.yaml');
  writeFileSync(policy, candidate);
  return commandLine(['policy', 'simulate', '--policy', policy, ...args], {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_MACIE2: macie.endpoint,
    POLICY: inForce,
    ISOLATION_BUCKET: 'isolation',
  });
}
const out = () => join(folder, 'objects.jsonl');
const lines = () => jsonLines<Record<string, unknown>>(readFileSync(out(), 'utf8'));
const rowsOf = (text: string) => (JSON.parse(text) as { items: unknown[] }).items;

describe('policy simulate', () => {
  it('shows by rule and bucket what a policy would do, beside the one in force', async () => {
    known(1, 'raw', 'a.csv');
    known(2, 'raw', 'b.csv');
    known(3, 'raw', 'legal/c.csv');
    known(4, 'lake', 'd.csv');
    known(5, 'isolation', 'objects/x');
    known(6, 'raw', 'sample.csv', { sample: true });

    const run = await simulate('--json');

    expect(run.code).toBe(0);
    expect(rowsOf(run.out)).toEqual([
      {
        rule: 'hold',
        bucket: 'raw',
        action: 'alert',
        action_in_force: 'isolate',
        rule_in_force: 'raw',
        objects: 1,
        bytes: 100,
      },
      {
        rule: 'lake',
        bucket: 'lake',
        action: 'dry_run',
        action_in_force: 'alert',
        rule_in_force: 'default',
        objects: 1,
        bytes: 100,
      },
      {
        rule: 'raw',
        bucket: 'raw',
        action: 'isolate',
        action_in_force: 'isolate',
        rule_in_force: 'raw',
        objects: 2,
        bytes: 200,
      },
    ]);
    expect(run.err).toMatch(/^6 findings since \S+Z, 2 of them about nothing that a policy decides\.\n$/);
  });

  it('writes the objects, each once, so that they can be read and compared', async () => {
    known(1, 'raw', 'a.csv');
    known(2, 'raw', 'a.csv');

    expect(await simulate('--out', out())).toMatchObject({ code: 0 });

    expect(lines()).toEqual([
      {
        account_id: '444455556666',
        region: 'us-east-1',
        bucket: 'raw',
        key: 'a.csv',
        version_id: null,
        etag: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        size_bytes: 100,
        action: 'isolate',
        rule: 'raw',
        action_in_force: 'isolate',
        rule_in_force: 'raw',
        finding_id: '1'.padStart(32, '0'),
      },
    ]);
    expect(existsSync(`${out()}.progress`)).toBe(false);
    expect(await simulate('--out', out())).toMatchObject({ code: 2 });
  });

  it.each([
    ['a name that is too long for its progress', () => 'x'.repeat(245), 'ENAMETOOLONG'],
    ['a folder that does not exist', () => join('none', 'x'), 'ENOENT'],
  ])('asks Macie nothing for %s', async (_, name, code) => {
    known(1, 'raw', 'a.csv');

    const run = await simulate('--out', join(folder, name()));

    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toMatch(new RegExp(`^macie-isolator: .* cannot be written \\(${code}\\)\\.\n$`));
    expect(macie.calls).toEqual([]);
    expect(readdirSync(folder)).toEqual(['policy.yaml']);
  });

  it('promises to go on only from what is kept', async () => {
    for (let index = 0; index < 170; index += 1) known(index, 'raw', `${index}.csv`);
    mkdirSync(`${out()}.progress`);

    const run = await simulate('--out', out(), '--max-calls', '4');

    expect(run.code).toBe(1);
    expect(run.err).toContain('objects.jsonl.progress.new cannot be written (EISDIR).');
    expect(run.err).toContain('Not complete: 0 findings so far. Nothing is kept: begin anew.');
    expect(existsSync(out())).toBe(false);
  });

  it('makes no more calls than it may, and goes on where it was stopped', async () => {
    for (let index = 0; index < 170; index += 1) known(index, 'raw', `${index}.csv`);

    const first = await simulate('--out', out(), '--max-calls', '4');
    expect(first.code).toBe(1);
    expect(first.err).toContain(
      'Not complete: 100 findings so far. Go on with the same command and --resume',
    );
    expect(macie.calls).toHaveLength(4);
    // Of a page that was not finished.
    writeFileSync(out(), 'half a line', { flag: 'a' });

    const second = await simulate('--out', out(), '--resume', '--json');

    expect(second.code).toBe(0);
    expect(second.err).toContain('170 findings since');
    expect(rowsOf(second.out)).toMatchObject([{ rule: 'raw', objects: 170, bytes: 17_000 }]);
    expect(lines().map(({ key }) => key)).toEqual(Array.from({ length: 170 }, (_, index) => `${index}.csv`));
  });

  it('has failed where Macie does not give a finding that it lists, also once it goes on', async () => {
    for (let index = 0; index < 60; index += 1) known(index, 'raw', `${index}.csv`);
    macie.refuse(({ operation }) => {
      if (operation === 'GetFindings') macie.findings.forget('7'.padStart(32, '0'));
      return undefined;
    });

    const stopped = await simulate('--out', out(), '--max-calls', '2');
    const rest = await simulate('--out', out(), '--resume');

    for (const { code, err } of [stopped, rest]) {
      expect(code).toBe(1);
      expect(err).toMatch(/\nMacie listed 1 finding and did not give it\. Run the command again\.\n$/);
    }
    expect(lines()).toHaveLength(59);
  });

  it('says after a failure how to go on', async () => {
    for (let index = 0; index < 70; index += 1) known(index, 'raw', `${index}.csv`);
    macie.refuse(() =>
      macie.calls.length > 2 ? new MacieError('AccessDeniedException', 'as asked') : undefined,
    );

    const failed = await simulate('--out', out());
    expect(failed.code).toBe(1);
    expect(failed.out).toMatch(/\braw\b/);
    expect(failed.err).toContain('--resume');
    expect(failed.err).toContain('AWS denies a call');

    macie.refuse();
    expect(await simulate('--out', out(), '--resume')).toMatchObject({ code: 0 });
    expect(lines()).toHaveLength(70);
  });

  it('keeps no empty file where the first page fails', async () => {
    macie.refuse(() => new MacieError('AccessDeniedException', 'as asked'));

    expect(await simulate('--out', out())).toMatchObject({ code: 1 });
    expect(existsSync(out())).toBe(false);
  });

  it('stops at Ctrl-C between two pages', async () => {
    for (let index = 0; index < 170; index += 1) known(index, 'raw', `${index}.csv`);
    macie.refuse(() => {
      if (macie.calls.length === 2) process.emit('SIGINT');
      return undefined;
    });

    const run = await simulate('--out', out(), '--json');

    expect(run.code).toBe(130);
    expect(run.err).toContain('Not complete: 50 findings so far. Go on with');
    expect(lines()).toHaveLength(50);
    expect(run.out).toContain('"objects": 50');
    expect(() => rowsOf(run.out)).toThrow(SyntaxError);
  });

  it('does not go on with other policies', async () => {
    for (let index = 0; index < 70; index += 1) known(index, 'raw', `${index}.csv`);
    await simulate('--out', out(), '--max-calls', '2');
    const path = join(folder, 'other.yaml');
    writeFileSync(path, inForce);

    const run = await simulate('--out', out(), '--resume', '--policy', path);

    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('other policies') as string });
  });

  it('says how to begin anew where the file was complete, or was killed before its first page', async () => {
    writeFileSync(out(), '');

    const run = await simulate('--out', out(), '--resume');

    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toContain('There is nothing to go on with: ');
    expect(run.err).toContain('Leave out --resume, and name a new file or remove this one.');
  });

  it.each([
    ['--resume without a file', ['--resume'], 2],
    ['--resume with a file that was not begun', ['--resume', '--out', 'not-there.jsonl'], 1],
    ['a time that is none', ['--since', 'soon'], 2],
    ['no calls at all', ['--max-calls', '0'], 2],
  ])('refuses %s', async (_, args, code) => {
    expect((await simulate(...args)).code).toBe(code);
    expect(macie.calls).toHaveLength(0);
  });
});
