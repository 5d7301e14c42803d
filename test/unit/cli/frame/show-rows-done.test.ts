import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type Column, type OutputFlags, openOutput } from '../../../../src/cli/frame/output.ts';
import { runCommand } from '../../../../src/cli/frame/run-command.ts';
import { showRowsDone } from '../../../../src/cli/frame/show-rows-done.ts';

interface Row {
  readonly id: string;
  readonly isDone: boolean;
}

const columns: readonly Column<Row>[] = [{ name: 'id', title: 'ID', value: ({ id }) => id }];

/** Changes two things, one after the other. `between` runs after the first. */
async function changed(flags: OutputFlags, between: () => void) {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const terminal = { out, err, input: out, env: {}, isInteractive: false, showsProgress: false };
  const output = openOutput(terminal, columns, flags);
  const code = await runCommand(terminal, {}, (context) =>
    showRowsDone<Row>({ count: 2, output }, context, async (done) => {
      done.push({ id: 'a', isDone: true });
      between();
      if (context.signal.aborted) return;
      done.push({ id: 'b', isDone: true });
    }),
  );
  return { code, out: String(out.read() ?? '') };
}

const ends: readonly (readonly [string, () => void, number])[] = [
  ['Ctrl-C', () => void process.emit('SIGINT'), 130],
  [
    'an error',
    () => {
      throw new Error('away');
    },
    1,
  ],
];

describe('the rows of a change that stops in the middle', () => {
  it.each(ends)('are a table and lines of JSON, after %s', async (_, between, code) => {
    expect(await changed({}, between)).toEqual({ code, out: 'ID\na\n' });
    expect(await changed({ jsonl: true }, between)).toEqual({ code, out: '{"id":"a"}\n' });
  });

  it.each(ends)('are no complete document, after %s', async (_, between, code) => {
    const run = await changed({ json: true }, between);

    expect(run.code).toBe(code);
    expect(run.out).toContain('"id": "a"');
    expect(() => JSON.parse(run.out) as unknown).toThrow(SyntaxError);
  });

  it('are a complete document where nothing stops it', async () => {
    const run = await changed({ json: true }, () => undefined);

    expect(run.code).toBe(0);
    expect(JSON.parse(run.out)).toEqual({ items: [{ id: 'a' }, { id: 'b' }] });
  });
});
