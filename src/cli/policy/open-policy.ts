import { open } from 'node:fs/promises';
import { maximumPolicyBytes, type ReadPolicy, readPolicy } from '../../config/policy/read-policy.ts';
import { describeError } from '../../core/describe-error.ts';
import { defaultDocument } from '../../core/policy/policy.ts';
import { CommandError } from '../frame/command-error.ts';
import { exitCode } from '../frame/exit-code.ts';
import { visible } from '../frame/terminal.ts';

/** The text of a policy, and what it says. */
export interface OpenedPolicy {
  readonly source: string;
  readonly text: string;
  readonly read: ReadPolicy;
}

type Environment = Readonly<Record<string, string | undefined>>;

export async function openPolicyFile(path: string, env: Environment): Promise<OpenedPolicy> {
  return opened(path, await readBounded(path), env);
}

/** The policy of `--policy`, else of POLICY_FILE or POLICY, else the built-in one. */
export async function openPolicy(path: string | undefined, env: Environment): Promise<OpenedPolicy> {
  const file = path ?? (env['POLICY_FILE'] || undefined);
  if (file !== undefined) return openPolicyFile(file, env);
  const inline = env['POLICY'] || undefined;
  if (inline !== undefined) return opened('POLICY', inline, env);
  return opened('built-in', JSON.stringify(defaultDocument, null, 2), env);
}

/** For commands that need a valid policy. */
export function validPolicy({ read, source }: OpenedPolicy): Extract<ReadPolicy, { ok: true }> {
  if (read.ok) return read;
  const lines = read.problems.map(({ column, line, message }) => `\n  ${line}:${column} ${visible(message)}`);
  throw new CommandError(`The policy ${visible(source)} is not valid:${lines.join('')}`, exitCode.found);
}

/** Reads a text file, never more than is used of it. */
export async function readBounded(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const buffer = Buffer.alloc(maximumPolicyBytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
      if (bytesRead === 0) return buffer.toString('utf8', 0, length);
      length += bytesRead;
    }
  } catch (error) {
    const { code, name } = describeError(error);
    throw new CommandError(`${visible(path)} cannot be read (${code ?? name}).`, exitCode.failed, {
      cause: error,
    });
  }
}

function opened(source: string, text: string, env: Environment): OpenedPolicy {
  return { source, text, read: readPolicy(text, env['ISOLATION_BUCKET'] || undefined) };
}
