import { Command, CommanderError } from 'commander';
import { serviceVersion } from '../version.ts';
import { commands } from './commands/commands.ts';
import { exitCode, exitCodesInShort } from './frame/exit-code.ts';
import { runCommand } from './frame/run-command.ts';
import { harmlessLines, processTerminal, type Terminal } from './frame/terminal.ts';
import { watchOutput } from './frame/watch-output.ts';

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
      // The text quotes what is wrong, which people paste.
      writeErr: (text) => void terminal.err.write(harmlessLines(text)),
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
  return (await parse(program, argv, terminal)) ?? code;
}

/** Answers a command line that asks for help or that is wrong. Returns `undefined` if a command has to run. */
export async function answerProgram(
  argv: readonly string[],
  terminal: Terminal = processTerminal(),
): Promise<number | undefined> {
  let mustRun = false;
  const program = defineProgram(terminal, () => undefined).hook('preAction', () => {
    mustRun = true;
    throw new CommanderError(exitCode.done, 'mustRun', 'a command has to run');
  });
  const code = await parse(program, argv, terminal);
  return mustRun ? undefined : code;
}

/** Returns the exit code of help and of a wrong command line. */
async function parse(
  program: Command,
  argv: readonly string[],
  terminal: Terminal,
): Promise<number | undefined> {
  const output = watchOutput(terminal);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return await output.end(error.exitCode === 0 ? exitCode.done : exitCode.usage);
  } finally {
    output.stopWatching();
  }
}
