import { type Command, InvalidArgumentError, Option } from 'commander';
import { maximumWordLength } from '../../core/evidence/word-length.ts';
import type { ExitCode } from './exit-code.ts';
import type { CommandContext } from './run-command.ts';
import type { Terminal } from './terminal.ts';

/** The parts that the definition of a command uses. */
export interface CommandLine {
  readonly program: Command;
  readonly terminal: Terminal;
  /** Runs a command. Its exit code becomes that of the process. */
  run(
    flags: { readonly debug?: boolean },
    action: (context: CommandContext) => Promise<ExitCode>,
  ): Promise<void>;
}

const examples = new WeakMap<Command, readonly string[]>();

/** Returns the examples that the help of a command shows. */
export function examplesOf(command: Command): readonly string[] {
  return examples.get(command) ?? [];
}

/** Adds the examples below the help of a command. */
export function withExamples(command: Command, ...lines: readonly string[]): Command {
  examples.set(command, lines);
  return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

/** Collects the values of a flag that may be given several times. */
export function repeatable(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), notEmpty(value)];
}

/** Refuses what an unset variable of a script leaves: nothing would match it, and the command would seem to be done. */
export function notEmpty(value: string): string {
  if (value.trim() !== '') return value;
  throw new InvalidArgumentError('It takes a text that is not empty.');
}

/** Adds the flags of every command that asks AWS and writes rows (`openOutput`). */
export function forOperators(command: Command): Command {
  return withRows(forAws(command));
}

/** Adds the flags of every command that writes rows (`openOutput`). */
export function withRows(command: Command): Command {
  return command
    .option('--json', 'one JSON document')
    .option('--jsonl', 'a JSON document a line')
    .option('--fields <names>', 'these fields, with commas between');
}

/** Adds the flags by which a command finds AWS and the installation. */
export function forAws(command: Command): Command {
  return forPlace(command)
    .option('--stack <name>', 'stack of data-plane.yaml, whose outputs are settings')
    .addOption(
      new Option('--set <NAME=value>', 'a setting of the worker, before all others; repeatable').argParser(
        repeatable,
      ),
    );
}

/** Adds the flags by which a command finds the account and the region. */
export function forPlace(command: Command): Command {
  return command
    .option('--profile <name>', 'profile of the AWS configuration')
    .option('--region <name>', 'AWS region')
    .option('--endpoint-url <url>', 'a stand-in for AWS, such as LocalStack')
    .option('--debug', 'show where an error arose');
}

/** Adds the flags of every command that changes something, whose reason and author are written down. */
export function forChanges(command: Command, reason: string, dryRun: string): Command {
  return withResponsibility(forOperators(command), reason)
    .option('--dry-run', dryRun)
    .option('--yes', 'do not ask');
}

/** Adds the flags that say who is responsible, and why. Both are written down, so neither may be empty. */
export function withResponsibility(command: Command, reason: string): Command {
  return command
    .requiredOption('--reason <text>', reason, wordOf)
    .option('--who <name>', 'who takes the responsibility; default: the ARN of the AWS credentials', wordOf);
}

function wordOf(text: string): string {
  if (text.trim() !== '' && text.length <= maximumWordLength) return text;
  throw new InvalidArgumentError(
    `It takes a text of 1 to ${maximumWordLength.toLocaleString('en')} characters.`,
  );
}
