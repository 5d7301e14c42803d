import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Column, OutputFlags } from '../../../../src/cli/frame/output.ts';
import { rowStream } from '../../../../src/cli/frame/row-stream.ts';
import { type CommandContext, runCommand } from '../../../../src/cli/frame/run-command.ts';

const columns: readonly Column<string>[] = [{ name: 'id', title: 'ID', value: (id) => id }];

/** Writes two rows of three, which `stop` keeps from their end. `isLate`: the third one is done all the same. */
async function stopped(
  flags: OutputFlags,
  stop: (out: PassThrough) => void,
  isLate = false,
): Promise<string> {
  const out = new PassThrough();
  const terminal = { out, err: new PassThrough(), input: out, env: {}, isInteractive: false };
  await runCommand({ ...terminal, showsProgress: false }, {}, async (context: CommandContext) => {
    const rows = rowStream(context, columns, flags);
    try {
      await rows.write('a');
      await rows.write('b');
      stop(out);
      if (!isLate) context.signal.throwIfAborted();
      await rows.write('c');
      await rows.end();
    } finally {
      rows.stop();
    }
    return 0;
  });
  return String(out.read() ?? '');
}

const interrupt = () => void process.emit('SIGINT');
const fail = () => {
  throw new Error('away');
};
const close = (out: PassThrough) =>
  void out.emit('error', Object.assign(new Error('closed'), { code: 'EPIPE' }));

describe('rows of a command that stops in the middle', () => {
  it.each([
    ['Ctrl-C', interrupt],
    ['an error', fail],
  ])('stand in the table that they waited for, after %s', async (_, stop) => {
    expect(await stopped({}, stop)).toBe('ID\na\nb\n');
  });

  it('are lines of JSON', async () => {
    expect(await stopped({ jsonl: true }, interrupt)).toBe('{"id":"a"}\n{"id":"b"}\n');
  });

  it('are no complete document', async () => {
    const text = await stopped({ json: true }, interrupt);

    expect(text).toContain('"id": "b"');
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  it.each<[string, OutputFlags, string]>([
    ['a table', {}, 'ID\na\nb\nc\n'],
    ['lines of JSON', { jsonl: true }, '{"id":"a"}\n{"id":"b"}\n{"id":"c"}\n'],
    ['a document', { json: true, fields: 'id' }, '{"items":[{"id":"a"},{"id":"b"},{"id":"c"}'],
  ])('hold what was done while Ctrl-C came, in %s', async (_, flags, text) => {
    const written = await stopped(flags, interrupt, true);

    expect(flags.json ? written.replaceAll(/\s/g, '') : written).toBe(text);
  });

  it('are not written where nobody reads them any more', async () => {
    expect(await stopped({}, close)).toBe('');
  });
});
