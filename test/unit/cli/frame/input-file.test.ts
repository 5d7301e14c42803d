import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isReadableAgain, linesOfFile, readTextFile } from '../../../../src/cli/frame/input-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'input-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a file that begins with a byte order mark', () => {
  it.each([
    ['with it', '\ufeff{"a":1}\r\n\ufeff{"b":2}\n'],
    ['without it', '{"a":1}\r\n\ufeff{"b":2}\n'],
  ])('is read as the same text and lines: %s', async (_, text) => {
    const path = join(folder, 'file');
    writeFileSync(path, text);

    expect(await readTextFile(path)).toBe('{"a":1}\r\n\ufeff{"b":2}\n');
    const lines: string[] = [];
    for await (const line of linesOfFile(path)) lines.push(line);
    expect(lines).toEqual(['{"a":1}', '\ufeff{"b":2}']);
  });
});

describe('a file that is read a second time', () => {
  it('has a name that leads to the same bytes: a descriptor of the process is no such name', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');

    expect(await isReadableAgain(path)).toBe(true);
    for (const descriptor of ['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'])
      expect(await isReadableAgain(descriptor)).toBe(false);
  });
});
