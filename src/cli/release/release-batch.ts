import { appendFile, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import * as z from 'zod';
import { describeError } from '../../core/describe-error.ts';
import { parseRecordKey } from '../../core/evidence/keys.ts';
import { jsonOf } from '../../core/json.ts';
import { findingNamed } from '../finding-id.ts';
import { type CommandError, usageError } from '../frame/command-error.ts';
import { exitCode } from '../frame/exit-code.ts';
import { fileFailure } from '../frame/file-failure.ts';
import { isReadableAgain, linesOfFile } from '../frame/input-file.ts';
import { visible } from '../frame/terminal.ts';

/** A batch of finding ids, and a file beside it that says which of them are done. */
export interface Batch {
  readonly ids: readonly string[];
  /** How many of the batch an earlier run has done. They are not in `ids`. */
  readonly doneBefore: number;
  /** Must be called before anything is done. Throws a usage error if nothing can be noted. */
  begin(): Promise<void>;
  /** Notes that this id is done, so that the next run leaves it out. */
  note(id: string): Promise<void>;
}

/** Returns a batch of which nothing is kept for a next run. */
export function batchOfOne(ids: Iterable<string>): Batch {
  return { ids: [...ids], doneBefore: 0, begin: async () => undefined, note: async () => undefined };
}

/**
 * Reads finding ids: one a line, or the documents that `list --jsonl` writes. Empty lines and lines that begin
 * with `#` are left out. `-` reads standard input. Nothing is kept of it for a next run, and of no other pipe.
 */
export async function readBatch(path: string, input: Readable, signal: AbortSignal): Promise<Batch> {
  const ids = new Set<string>();
  const isKept = path !== '-' && (await isReadableAgain(path));
  let number = 0;
  for await (const line of path === '-' ? createInterface({ input, signal }) : linesOfFile(path)) {
    signal.throwIfAborted();
    number += 1;
    const id = idOf(line.trim(), number);
    if (id !== undefined) ids.add(id);
  }
  signal.throwIfAborted();
  if (ids.size === 0)
    throw usageError(`${path === '-' ? 'Standard input' : visible(path)} names no finding.`);
  if (!isKept) return batchOfOne(ids);
  const donePath = `${path}.done`;
  const done = await idsDone(donePath);
  const left = [...ids].filter((id) => !done.has(id));
  return {
    ids: left,
    doneBefore: ids.size - left.length,
    async begin() {
      await appendFile(donePath, '').catch((error: unknown) => {
        throw unusable(donePath, 'written', error);
      });
    },
    note: (id) => appendFile(donePath, `${id}\n`),
  };
}

async function idsDone(path: string): Promise<ReadonlySet<string>> {
  try {
    return new Set((await readFile(path, 'utf8')).split('\n'));
  } catch (error) {
    if (describeError(error).code === 'ENOENT') return new Set();
    throw unusable(path, 'read', error);
  }
}

function unusable(path: string, what: 'read' | 'written', error: unknown): CommandError {
  return fileFailure(
    `${path}, which says what is done of the batch,`,
    `cannot be ${what}`,
    error,
    exitCode.usage,
  );
}

/** The key of a record names the object where one finding id has several. */
const document = z.object({ finding_id: z.string(), record_key: z.string().optional() });

function idOf(line: string, number: number): string | undefined {
  if (line === '' || line.startsWith('#')) return undefined;
  const id = line.startsWith('{') ? nameIn(line) : line;
  if (id === undefined) throw usageError(`Line ${number} is a document without a finding_id.`);
  findingNamed(id);
  return id;
}

function nameIn(line: string): string | undefined {
  const row = document.safeParse(jsonOf(line)).data;
  if (row?.record_key === undefined) return row?.finding_id;
  const object = parseRecordKey(row.record_key)?.object;
  return object === undefined ? row.finding_id : `${row.finding_id}~${object}`;
}
