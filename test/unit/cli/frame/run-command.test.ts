import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type CommandContext, runCommand } from '../../../../src/cli/frame/run-command.ts';

function terminalOf(err = new PassThrough()) {
  return {
    out: new PassThrough(),
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
