import { PassThrough } from 'node:stream';
import { runProgram } from '../../src/cli/program.ts';

export interface CommandRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a command line in this process. With `answers` it runs at a terminal, where they are typed. With `saw` it
 * shows its progress, of which `saw` hears.
 */
export async function commandLine(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  {
    answers,
    columns,
    heard,
    output,
    saw,
  }: {
    readonly answers?: string;
    readonly columns?: number;
    readonly saw?: (progress: string) => void;
    /** Hears standard output as it comes. */
    readonly heard?: (output: string) => void;
    /** Standard output, for a test that closes it. */
    readonly output?: PassThrough;
  } = {},
): Promise<CommandRun> {
  const out = collected(output);
  const err = collected();
  if (heard) out.stream.on('data', (chunk: Buffer) => heard(chunk.toString('utf8')));
  if (saw) err.stream.on('data', (chunk: Buffer) => saw(chunk.toString('utf8')));
  const input = new PassThrough();
  if (answers !== undefined) input.end(answers);
  const code = await runProgram(argv, {
    out: out.stream,
    err: err.stream,
    input,
    env,
    isInteractive: answers !== undefined,
    showsProgress: saw !== undefined,
    ...(columns !== undefined && { columns }),
  });
  return { code, out: out.text(), err: err.text() };
}

function collected(stream = new PassThrough()) {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}
