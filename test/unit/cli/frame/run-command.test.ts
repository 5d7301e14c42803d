import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CommandError } from '../../../../src/cli/frame/command-error.ts';
import { type CommandContext, runCommand } from '../../../../src/cli/frame/run-command.ts';

function terminalOf(err = new PassThrough(), out: Writable = new PassThrough()) {
  return {
    out,
    err,
    input: new PassThrough(),
    env: {},
    isInteractive: false,
    showsProgress: true,
  };
}

describe('a command', () => {
  it.each<[string, (context: CommandContext) => Promise<0>, number]>([
    ['done', async () => 0, 0],
    ['failed', () => Promise.reject(new Error('away')), 1],
    [
      'stopped by Ctrl-C',
      async ({ signal }) => {
        process.emit('SIGINT');
        signal.throwIfAborted();
        return 0;
      },
      130,
    ],
  ])('closes what it opened, the last first, where it is %s', async (_, end, code) => {
    const closed: string[] = [];
    const run = await runCommand(terminalOf(), {}, (context) => {
      context.atEnd(() => void closed.push('clients'));
      context.atEnd(async () => void closed.push('file'));
      return end(context);
    });

    expect(run).toBe(code);
    expect(closed).toEqual(['file', 'clients']);
  });

  it.each<[string, () => Promise<0 | 3>, number, string]>([
    ['done', async () => 0, 1, 'The command failed with EBUSY.'],
    ['something found', async () => 3, 3, ''],
    ['a failure', () => Promise.reject(new Error('away')), 1, 'The command failed with Error.'],
  ])('closes the rest where a part cannot be closed, after %s', async (_, end, code, sentence) => {
    const err = new PassThrough();
    const closed: string[] = [];
    const run = await runCommand(terminalOf(err), {}, (context) => {
      context.atEnd(() => void closed.push('clients'));
      context.atEnd(() => Promise.reject(Object.assign(new Error('busy'), { code: 'EBUSY' })));
      return end();
    });

    expect(run).toBe(code);
    expect(closed).toEqual(['clients']);
    expect(String(err.read() ?? '').split(' Repeat it')[0]).toBe(sentence && `macie-isolator: ${sentence}`);
  });

  it('shows nothing of an error that could steer a terminal', async () => {
    const err = new PassThrough();
    const error = Object.assign(new Error('text\u001b[2J'), {
      name: 'Evil\u001b]0;x\u0007\nmacie-isolator: done',
    });

    await runCommand(terminalOf(err), { debug: true }, () => Promise.reject(error));

    const told = String(err.read());
    expect(told).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(told).toContain(String.raw`failed with Evil\u001b]0;x\u0007\nmacie-isolator: done. Repeat`);
    expect(told).toContain(String.raw`text\u001b[2J`);
  });

  it('keeps the lines of its own sentence, without what could steer a terminal', async () => {
    const err = new PassThrough();

    await runCommand(terminalOf(err), {}, () => Promise.reject(new CommandError('Wrong:\n  x\u009by')));

    expect(String(err.read())).toBe(String.raw`macie-isolator: Wrong:${'\n'}  x\u009by${'\n'}`);
  });

  it('shows a progress without what could steer a terminal', async () => {
    const err = new PassThrough();

    await runCommand(terminalOf(err), {}, async ({ progress }) => {
      progress.say('In x\u001b[31m');
      return 0;
    });

    expect(String(err.read())).toBe(String.raw`${'\r\u001b[2K'}In x\u001b[31m${'\r\u001b[2K'}`);
  });

  it('says after Ctrl-C that it waits for a step that does not end', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const err = new PassThrough();
    const step = Promise.withResolvers<void>();
    const running = runCommand(terminalOf(err), {}, async ({ signal }) => {
      await step.promise;
      signal.throwIfAborted();
      return 0;
    });

    process.emit('SIGINT');
    vi.advanceTimersByTime(2_000);
    step.resolve();

    vi.useRealTimers();
    expect(await running).toBe(130);
    expect(String(err.read())).toBe('Waiting for the step under way to end. Ctrl-C ends it at once.\n');
  });

  it('removes its progress before the sentence about its failure', async () => {
    const err = new PassThrough();
    await runCommand(terminalOf(err), {}, ({ progress }) => {
      progress.say('Working');
      return Promise.reject(new Error('away'));
    });

    expect(String(err.read())).toMatch(
      /^\r\u001b\[2KWorking\r\u001b\[2Kmacie-isolator: The command failed with Error/,
    );
  });
});

describe('a command whose output cannot be written', () => {
  function unwritable(code: string) {
    const out = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error(`write ${code}`), { code })),
    });
    const err = new PassThrough();
    return { terminal: terminalOf(err, out), told: () => String(err.read() ?? '') };
  }

  it.each<[string, 0 | 2 | 3 | 78]>([
    ['done', 0],
    ['a wrong command line', 2],
    ['something found', 3],
    ['a wrong setting', 78],
  ])('tells so in one sentence, and fails, whatever its end: %s', async (_, end) => {
    const { terminal, told } = unwritable('ENOSPC');

    const code = await runCommand(terminal, {}, async () => {
      terminal.out.write('row 1\n');
      terminal.out.write('row 2\n');
      return end;
    });

    expect(code).toBe(1);
    expect(told()).toBe('macie-isolator: Standard output could not be written (ENOSPC).\n');
  });

  it.each([
    ['is stopped', 'EIO', 'macie-isolator: Standard output could not be written (EIO).\n'],
    ['has failed quietly if nobody reads it before the command is done', 'EPIPE', ''],
  ])('%s', async (_, code, sentence) => {
    const { terminal, told } = unwritable(code);

    const ended = await runCommand(terminal, {}, async ({ signal }) => {
      terminal.out.write('row 1\n');
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
      return 0;
    });

    expect(ended).toBe(1);
    expect(told()).toBe(sentence);
  });

  it('ends quietly if only nobody reads it', async () => {
    const { terminal, told } = unwritable('EPIPE');

    const code = await runCommand(terminal, {}, async () => {
      terminal.out.write('row 1\n');
      return 0;
    });

    expect(code).toBe(0);
    expect(told()).toBe('');
  });
});

describe('the process of a command that waits for what can no longer come', () => {
  it('fails, with a sentence', async () => {
    const script = `
      import { runCommand } from './src/cli/frame/run-command.ts';
      import { processTerminal } from './src/cli/frame/terminal.ts';
      await runCommand(processTerminal(), {}, () => new Promise(() => {})).then((code) => process.exit(code));
    `;

    const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
      cwd: new URL('../../../../', import.meta.url),
    });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => void (err += chunk.toString('utf8')));
    const [code] = (await once(child, 'close')) as [number | null];

    expect(err).toContain('macie-isolator: The command stopped in the middle, for a fault of the program.\n');
    expect(code).toBe(1);
  });
});
