import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;
const demo = (...flags: string[]) => run('node', ['src/local/demo-embedded.ts', ...flags], { cwd: root });

describe('npm run demo', () => {
  it('isolates six of fifteen and says so in JSON, and nothing else on standard output', async () => {
    const { stdout, stderr } = await demo('--json');

    expect(JSON.parse(stdout)).toMatchObject({
      seed: 1,
      findings: {
        total: 15,
        byType: { Personal: 3, CustomIdentifier: 7, Multiple: 5 },
        bySeverity: { High: 6, Medium: 9 },
      },
      outcomes: { isolated: 6, alerted: 9 },
      differences: [],
    });
    expect(stderr).toBe('');
  });

  it('shows the table to people, plain where there is no terminal', async () => {
    const { stdout } = await demo('--seed', '42');

    expect(stdout).toContain('patients.csv           Multiple          High      isolated  isolation bucket');
    expect(stdout).toContain('supplies.csv           clean                                 data bucket');
    expect(stdout).toContain('6 High, 9 Medium');
    expect(stdout).toContain('Object isolated');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there.
    expect(stdout).not.toMatch(/\u001b\[/);
  });

  it('shows what the README shows', async () => {
    const { stdout } = await demo();
    const readme = readFileSync(`${root}README.md`, 'utf8');
    const table = stdout.slice(stdout.indexOf('File  '), stdout.indexOf('\n\nA copy:'));

    expect(table.split('\n')).toHaveLength(21);
    expect(readme).toContain(table);
  });

  it('runs with a policy of one’s own, and names the rules', async () => {
    const { stdout } = await demo('--policy', 'examples/policies/original-demo.yaml');

    expect(stdout).toMatch(/^File +Finding +Severity +Outcome +Rule +Where it is now$/m);
    expect(stdout).toMatch(/^patients\.csv +Multiple +High +isolated +\S+ +isolation bucket$/m);
  });

  it('with --fence shows a kept object that is fenced, and a read that is refused', async () => {
    const { stdout, stderr } = await demo('--fence', '--json');
    const text = await demo('--fence');

    expect(JSON.parse(stdout)).toMatchObject({
      key: 'patients.csv',
      outcome: 'retained',
      fence: 'fenced',
      reads: { administrator: 403, investigator: 200, afterLift: 200 },
      differences: [],
    });
    expect(stderr).toBe('');
    expect(text.stdout).toContain('It ended as retained, fence: fenced, with the tag isolator-fenced=');
    expect(text.stdout).toContain('Read by an administrator: 403. Read by the investigator: 200.');
  });

  it('says what is wrong with a policy', async () => {
    await expect(demo('--policy', 'README.md')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/The demo failed: line \d+, column \d+: /) as string,
    });
  });

  it.each([
    ['--seed', 'many'],
    ['--nonsense', ''],
  ])('refuses the flag %s %s', async (...flags) => {
    await expect(demo(...flags.filter((flag) => flag !== ''))).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('error:'),
    });
  });
});
