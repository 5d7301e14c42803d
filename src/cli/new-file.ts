import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, constants, copyFile, link, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandError, usageError } from './frame/command-error.ts';
import { visible } from './frame/terminal.ts';

/** A file that does not exist under its name until it is whole. Only its owner may read it. */
export interface NewFile {
  write(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** Gives the file its name, unless another file has got it meanwhile. */
  keep(): Promise<void>;
  /** Removes what was written. It does nothing after `keep`. */
  discard(): Promise<void>;
}

/** Throws a usage error if the file exists. */
export async function newFile(path: string): Promise<NewFile> {
  const exists = () =>
    access(path, constants.F_OK).then(
      () => true,
      () => false,
    );
  if (await exists())
    throw usageError(`${visible(path)} exists, and no file is overwritten. Name another one.`);
  const partial = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.part`);
  return {
    async write(chunks, signal) {
      try {
        await pipeline(Readable.from(chunks), createWriteStream(partial, { flags: 'wx', mode: 0o600 }), {
          signal,
        });
      } catch (error) {
        throw explained(error, path);
      }
    },
    async keep() {
      try {
        // A link fails if the name is taken, and a rename would overwrite the other file.
        await link(partial, path).catch((error: unknown) => {
          if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(systemErrorCode(error))) throw error;
          return copyFile(partial, path, constants.COPYFILE_EXCL);
        });
      } catch (error) {
        throw explained(error, path);
      }
    },
    discard: () => rm(partial, { force: true }),
  };
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there',
  EEXIST: 'a file of this name has come into being meanwhile',
  EISDIR: 'it is a folder',
  ENOENT: 'its folder does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'its folder is a file',
  EROFS: 'the file system is read-only',
};

function explained(error: unknown, path: string): unknown {
  const reason = reasons[systemErrorCode(error)];
  if (reason === undefined) return error;
  return new CommandError(`${visible(path)} could not be written: ${reason}.`, 1, { cause: error });
}

function systemErrorCode(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
