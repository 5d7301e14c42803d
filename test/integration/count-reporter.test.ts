import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;
let folder: string;

beforeAll(() => {
  // Inside of the project, so that vitest is found; in a folder that git and the other tests do not see.
  mkdirSync(join(root, 'coverage'), { recursive: true });
  folder = mkdtempSync(join(root, 'coverage', 'reporter-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The last line of a run over these files, and its exit code. */
async function closingLine(name: string, files: Readonly<Record<string, string>>) {
  const place = join(folder, name);
  mkdirSync(place);
  const config = `export default { test: { reporters: ['${root}scripts/count-reporter.ts'], include: ['*.check.ts'] } };`;
  writeFileSync(join(place, 'vitest.config.mjs'), config);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(place, file), text);
  const lines = (stdout: string) => stdout.trimEnd().split('\n').at(-1);
  try {
    const { stdout } = await run('vitest', ['run', '--root', place], { cwd: root });
    return { line: lines(stdout), code: 0 };
  } catch (error) {
    const { stdout, code } = error as { stdout: string; code: number };
    return { line: lines(stdout), code };
  }
}

const test = (body: string) => `import { it, expect, beforeAll } from 'vitest';\n${body}\n`;

describe('the closing line of a run', () => {
  it.each<[string, Record<string, string>, string, number]>([
    [
      'tests-that-pass',
      { 'a.check.ts': test("it('a', () => {}); it('b', () => {});") },
      '2 passed, 0 failed',
      0,
    ],
    [
      'a-test-that-fails',
      { 'a.check.ts': test("it('a', () => {}); it('b', () => { expect(1).toBe(2); });") },
      '1 passed, 1 failed',
      1,
    ],
    [
      'a-module-that-does-not-load',
      { 'a.check.ts': test("it('a', () => {});"), 'b.check.ts': "import './nowhere.ts';" },
      '1 passed, 1 failed',
      1,
    ],
    ['a-module-without-tests', { 'a.check.ts': 'export {};' }, '0 passed, 1 failed', 1],
    [
      'an-error-outside-of-tests',
      {
        'a.check.ts': test(
          "it('a', async () => { setTimeout(() => { throw new Error('late'); }); await new Promise((r) => setTimeout(r, 50)); });",
        ),
      },
      '1 passed, 1 failed',
      1,
    ],
  ])('counts %s', async (name, files, line, code) => {
    expect(await closingLine(name, files)).toEqual({ line, code });
  });

  it('counts a hook that fails', async () => {
    const body = "beforeAll(() => { throw new Error('x'); }); it('a', () => {});";

    const { line, code } = await closingLine('hook', { 'a.check.ts': test(body) });

    expect(line).toMatch(/^0 passed, [1-9]\d* failed$/);
    expect(code).toBe(1);
  });
});
