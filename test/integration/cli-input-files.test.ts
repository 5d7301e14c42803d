import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLeaves } from '../support/command-leaves.ts';
import { commandLine } from '../support/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'isolator-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const nowhere = 'http://127.0.0.1:1';
const env = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL: nowhere,
  QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/findings',
  ISOLATION_BUCKET: 'isolation',
};

/** Every place of the command line that takes a file to read, with what else the command needs. */
const reads: Readonly<Record<string, (file: string) => readonly string[]>> = {
  'policy check <file>': (file) => ['policy', 'check', file],
  'policy test <file>': (file) => ['policy', 'test', file],
  'policy explain <finding>': (file) => ['policy', 'explain', file],
  'policy explain --policy': (file) => ['policy', 'explain', '-', '--policy', file],
  'policy show --policy': (file) => ['policy', 'show', '--policy', file],
  'policy simulate --policy': (file) => ['policy', 'simulate', '--since', '1d', '--policy', file],
  'identifiers test <file>': (file) => ['identifiers', 'test', file],
  'identifiers apply <file>': (file) => ['identifiers', 'apply', file, '--yes'],
  'isolate --plan': (file) => ['isolate', '--plan', file, '--reason', 'x', '--yes'],
  'release --from': (file) => ['release', '--from', file, '--reason', 'x', '--yes'],
  'deploy --file': (file) => ['deploy', '--file', file],
};

/** Every place of the command line that takes a file to write. What else these commands name is asked of AWS. */
const writes: Readonly<Record<string, (file: string) => readonly string[]>> = {
  'get --out': (file) => ['get', 'a'.repeat(32), '--out', file, '--reason', 'x'],
  'policy simulate --out': (file) => [
    'policy',
    'simulate',
    '--out',
    file,
    '--policy',
    's3://policies/policy.yaml',
  ],
  'deploy --write-answers': (file) => ['deploy', '--write-answers', file],
};

function filesOf(name: string, command: Command): string[] {
  const named = command.registeredArguments
    .filter((argument) => ['file', 'finding'].includes(argument.name()))
    .map((argument) => `${name} <${argument.name()}>`);
  const flagged = command.options
    .filter(({ flags, long }) => /<(file|path)>/.test(flags) && long !== '--role-path')
    .map(({ long }) => `${name} ${long}`);
  return [...named, ...flagged];
}

describe('a file that a command reads', () => {
  it('is in the table of this test, whatever command takes it', () => {
    const taken = commandLeaves().flatMap(([name, command]) => filesOf(name, command));

    expect(taken.toSorted()).toEqual([...Object.keys(reads), ...Object.keys(writes)].toSorted());
  });

  it.each(Object.keys(reads))('ends with 2 and a sentence where it is not there: %s', async (name) => {
    const file = join(folder, 'not\u001b[31m-there.yaml');

    const run = await commandLine(reads[name]?.(file) ?? [], env, { answers: '' });

    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toContain(String.raw`not\u001b[31m-there.yaml cannot be read (ENOENT).`);
    expect(run.err.trim().split('\n')).toHaveLength(1);
  });

  it.each(Object.keys(reads))('ends with 2 and a sentence where it is a folder: %s', async (name) => {
    const run = await commandLine(reads[name]?.(folder) ?? [], env, { answers: '' });

    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toContain(`${folder} cannot be read (EISDIR).`);
  });

  it('ends with 78 where it is the policy of the settings', async () => {
    const run = await commandLine(['policy', 'show'], { ...env, POLICY_FILE: join(folder, 'none.yaml') });

    expect(run).toMatchObject({ code: 78, out: '' });
    expect(run.err).toMatch(/^macie-isolator: POLICY_FILE: .*none\.yaml cannot be read \(ENOENT\)\.\n$/);
  });
});

describe('a file that a command writes', () => {
  it.each(Object.keys(writes))(
    'ends with 2 before AWS is asked, where it has no folder: %s',
    async (name) => {
      const file = join(folder, 'none', 'new.yaml');

      const run = await commandLine(writes[name]?.(file) ?? [], env, { answers: '' });

      expect(run).toMatchObject({ code: 2, out: '' });
      expect(run.err).toMatch(/^macie-isolator: .*new\.yaml.*(its folder does not exist|ENOENT)/);
      expect(run.err.trim().split('\n')).toHaveLength(1);
    },
  );

  it.each(Object.keys(writes))('is not left behind where the command fails: %s', async (name) => {
    const own = mkdtempSync(join(folder, 'own-'));

    const run = await commandLine(writes[name]?.(join(own, 'new.yaml')) ?? [], env, { answers: '' });

    expect(run.code).not.toBe(0);
    expect(readdirSync(own)).toEqual([]);
  });
});
