import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { constants, copyFile, link, lstat, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describeError } from '../core/describe-error.ts';
import { CommandError, usageError } from './frame/command-error.ts';
import { type ExitCode, exitCode } from './frame/exit-code.ts';
import { visible } from './frame/terminal.ts';

/** A file that does not exist under its name until it is whole. Only its owner may read it. */
export interface NewFile {
  write(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** Gives the file its name, unless another file has got it meanwhile. */
  keep(): Promise<void>;
  /** Removes what was written. It does nothing after `keep`. */
  discard(): Promise<void>;
}

/** Throws a usage error if the file exists or cannot be made. So it must be called before the command does anything. */
export async function newFile(path: string): Promise<NewFile> {
  if (path === '' || path.endsWith('/')) throw usageError(`'${visible(path)}' is no name of a file.`);
  // The name is short, so that it is legal wherever that of the file is.
  const partial = join(dirname(path), `.isolator-${randomUUID().slice(0, 8)}.part`);
  try {
    if (await exists(path))
      throw usageError(`${visible(path)} exists, and no file is overwritten. Name another one.`);
    await writeFile(partial, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw explained(error, path, exitCode.usage);
  }
  return {
    async write(chunks, signal) {
      try {
        await pipeline(Readable.from(chunks), createWriteStream(partial, { flags: 'r+' }), {
          signal,
        });
      } catch (error) {
        throw explained(error, path, exitCode.failed);
      }
    },
    async keep() {
      try {
        // A link fails if the name is taken, and a rename would overwrite the other file.
        await link(partial, path).catch((error: unknown) => {
          if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(codeOf(error))) throw error;
          return copyFile(partial, path, constants.COPYFILE_EXCL);
        });
      } catch (error) {
        throw explained(error, path, exitCode.failed);
      }
    },
    discard: () => rm(partial, { force: true }),
  };
}

/** A link whose target does not exist is there too: its name is taken. */
async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there',
  EEXIST: 'a file of this name has come into being meanwhile',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'its folder does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'its folder is a file',
  EROFS: 'the file system is read-only',
};

function explained(error: unknown, path: string, code: ExitCode): unknown {
  const reason = reasons[codeOf(error)];
  if (reason === undefined) return error;
  return new CommandError(`${visible(path)} could not be written: ${reason}.`, code, { cause: error });
}

const codeOf = (error: unknown): string => describeError(error).code ?? '';
