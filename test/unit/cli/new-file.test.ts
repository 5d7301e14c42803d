import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newFile } from '../../../src/cli/new-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'new-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function* bytes(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('name\n');
}

describe('a new file', () => {
  it.each([
    ['a short name', 'a.csv'],
    ['the longest name', 'x'.repeat(255)],
  ])('has its name only when it is whole: %s', async (_, name) => {
    const path = join(folder, name);
    const file = await newFile(path);
    await file.write(bytes(), new AbortController().signal);
    expect(readdirSync(folder)).not.toContain(name);

    await file.keep();
    await file.discard();

    expect(readdirSync(folder)).toEqual([name]);
    expect(readFileSync(path, 'utf8')).toBe('name\n');
  });

  it('leaves nothing where nothing is written', async () => {
    const file = await newFile(join(folder, 'a.csv'));

    await file.discard();

    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['no name', () => '', "'' is no name of a file."],
    ['the name of a folder', () => `${folder}/none/`, "none/' is no name of a file."],
    [
      'a folder that is a file',
      () => join(folder, 'file/x'),
      'file/x could not be written: its folder is a file.',
    ],
    ['a folder that does not exist', () => join(folder, 'none/x'), 'its folder does not exist.'],
    ['a name that is too long', () => join(folder, 'x'.repeat(256)), 'its name is too long.'],
    ['a circle of links', () => join(folder, 'circle/x'), 'its links lead in a circle.'],
    ['a folder', () => join(folder, 'folder'), 'exists, and no file is overwritten.'],
    ['a link to nothing', () => join(folder, 'dangling'), 'exists, and no file is overwritten.'],
  ])('is refused before anything is done: %s', async (_, path, sentence) => {
    writeFileSync(join(folder, 'file'), 'mine');
    mkdirSync(join(folder, 'folder'));
    symlinkSync(join(folder, 'nothing'), join(folder, 'dangling'));
    symlinkSync('circle', join(folder, 'circle'));
    const before = readdirSync(folder);

    await expect(newFile(path())).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(sentence),
    });

    expect(readdirSync(folder)).toEqual(before);
  });
});
