import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { readBounded } from '../../compose/read-bounded.ts';
import { maximumPolicyBytes } from '../../core/policy/policy-text.ts';
import type { CommandError } from './command-error.ts';
import { exitCode } from './exit-code.ts';
import { fileFailure } from './file-failure.ts';

/** Reads a text file that a person named, never more than is used of it. Throws a usage error if it cannot be read. */
export async function readTextFile(path: string): Promise<string> {
  try {
    return withoutMark(await readBounded(path, maximumPolicyBytes + 1));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Yields the lines of a text file of any size. Throws a usage error if it cannot be read. */
export async function* linesOfFile(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path, 'utf8');
  try {
    let isFirst = true;
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      yield isFirst ? withoutMark(line) : line;
      isFirst = false;
    }
  } catch (error) {
    // What a consumer of the lines throws does not come here.
    throw unreadable(path, error);
  } finally {
    stream.destroy();
  }
}

/**
 * Whether the file can be read a second time under this name. A pipe cannot, such as `<(command)` or `/dev/stdin`: it is
 * empty then. Throws a usage error if the file is not there.
 */
export async function isReadableAgain(path: string): Promise<boolean> {
  // Each process has its own file there, also where it is no pipe.
  if (/^\/(dev\/(stdin$|fd\/)|proc\/)/.test(path)) return false;
  try {
    const found = await stat(path);
    return found.isFile() || found.isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Editors of Windows put a byte order mark before a text. It is no part of the text, and JSON does not take it. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** Whoever names a file that is not there has given a wrong argument. */
function unreadable(path: string, error: unknown): CommandError {
  return fileFailure(path, 'cannot be read', error, exitCode.usage);
}
