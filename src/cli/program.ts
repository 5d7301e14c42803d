import { Command, CommanderError } from 'commander';
import { serviceVersion } from '../version.ts';
import { commands } from './commands/commands.ts';
import { exitCode, exitCodesInShort } from './frame/exit-code.ts';
import { runCommand } from './frame/run-command.ts';
import { processTerminal, type Terminal } from './frame/terminal.ts';

/** Defines all commands. `ended` is called with the exit code of the command that ran. */
export function defineProgram(terminal: Terminal, ended: (code: number) => void): Command {
  const program = new Command('macie-isolator')
    .description('Takes objects that Amazon Macie flagged out of reach.')
    .version(serviceVersion)
    // A command may have a flag --version of its own.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.out.write(text),
      writeErr: (text) => void terminal.err.write(text),
    })
    .showHelpAfterError('`macie-isolator --help` lists the commands.')
    .addHelpText('after', `\nExit codes: ${exitCodesInShort}.`);
  for (const define of commands) {
    define({
      program,
      terminal,
      async run(flags, action) {
        ended(await runCommand(terminal, flags, action));
      },
    });
  }
  return program;
}

/** Runs a command line and returns its exit code. The modules of a command are loaded when the command runs. */
export async function runProgram(
  argv: readonly string[],
  terminal: Terminal = processTerminal(),
): Promise<number> {
  let code: number = exitCode.done;
  const program = defineProgram(terminal, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCode.done : exitCode.usage;
  }
  return code;
}
