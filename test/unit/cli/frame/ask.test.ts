import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { isConfirmed } from '../../../../src/cli/frame/ask.ts';
import { runCommand } from '../../../../src/cli/frame/run-command.ts';

/** A terminal whose keys the test types. */
function openTerminal() {
  const asTerminal = () => Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const [input, err] = [asTerminal(), asTerminal()];
  const terminal = { out: new PassThrough(), err, input, env: {}, isInteractive: true, showsProgress: false };
  return { terminal, type: (keys: string) => input.write(keys), shown: () => String(err.read()) };
}

/** Asks once, and types the keys as answer. Returns the exit code, which is 0 for a yes, and what is shown. */
async function answered(keys: string) {
  const { shown, terminal, type } = openTerminal();
  const running = runCommand(terminal, {}, async ({ signal }) => {
    const asking = isConfirmed(terminal, 'Put it back?', {}, signal);
    type(keys);
    const isYes = await asking;
    terminal.err.write(isYes ? 'It is back.\n' : 'Nothing was put back.\n');
    return isYes ? 0 : 1;
  });
  return { code: await running, shown: shown() };
}

describe('the question before a change', () => {
  it.each([
    ['y\r', 0],
    ['YES\r', 0],
    ['\r', 1],
    ['n\r', 1],
    ['yes please\r', 1],
  ])('is answered %j', async (keys, code) => {
    expect((await answered(keys)).code).toBe(code);
  });

  it('is not answered by --yes after Ctrl-C', async () => {
    const { terminal, shown } = openTerminal();

    const code = await runCommand(terminal, {}, async ({ signal }) => {
      process.emit('SIGINT');
      if (await isConfirmed(terminal, 'Put it back?', { yes: true }, signal))
        terminal.err.write('It is back.\n');
      return 0;
    });

    expect({ code, shown: shown() }).toEqual({ code: 130, shown: 'null' });
  });

  it('is answered no by Ctrl-D, and the sentence that follows has a line of its own', async () => {
    const { code, shown } = await answered('\u0004');

    expect(code).toBe(1);
    expect(shown).toMatch(/Put it back\? \[y\/N\] [^\n]*\nNothing was put back\.\n$/);
  });

  it('shows what could steer the terminal escaped', async () => {
    const { shown, terminal, type } = openTerminal();
    type('n\r');

    await isConfirmed(terminal, 'Send 1 message (1 \u001b[31mevil\u009b)?', {}, AbortSignal.timeout(5_000));

    expect(shown()).toContain(String.raw`Send 1 message (1 \u001b[31mevil\u009b)? [y/N]`);
  });

  it('ends the command at Ctrl-C, as everywhere', async () => {
    const { code, shown } = await answered('\u0003');

    expect(code).toBe(130);
    expect(shown).not.toContain('back.');
    expect(shown).toMatch(/\n$/);
  });
});
