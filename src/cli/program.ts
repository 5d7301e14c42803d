import { Command, CommanderError, Option } from 'commander';
import { serviceVersion } from '../version.ts';
import { type ExitCode, exitCode } from './frame/exit-code.ts';
import { type CommandContext, runCommand } from './frame/run-command.ts';
import { processTerminal, type Terminal } from './frame/terminal.ts';
import { addPolicyCommands } from './policy/commands.ts';

/** Runs a command line and returns its exit code. The modules of a command are loaded when the command runs. */
export async function runProgram(
  argv: readonly string[],
  terminal: Terminal = processTerminal(),
): Promise<number> {
  let code: number = exitCode.done;
  const program = new Command('macie-isolator')
    .description('Takes objects that Amazon Macie flagged out of reach.')
    .version(serviceVersion)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.out.write(text),
      writeErr: (text) => void terminal.err.write(text),
    })
    .showHelpAfterError('`macie-isolator --help` lists the commands.')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong command line, 3 found something, 78 settings or credentials.',
    );
  const run = async (flags: { debug?: boolean }, action: (context: CommandContext) => Promise<ExitCode>) => {
    code = await runCommand(terminal, flags, action);
  };

  program
    .command('worker')
    .description('run the worker, set up from the environment')
    .action(async () => {
      const { runWorker } = await import('./worker.ts');
      await runWorker(process.env);
    });

  program
    .command('settings')
    .description('list every setting of the worker')
    .action(async () => {
      const { describeSettings } = await import('./settings.ts');
      terminal.out.write(describeSettings());
    });

  addPolicyCommands(program, forOperators, run);

  forOperators(program.command('release'))
    .description('put isolated objects back where they were, never over another object')
    .argument('<finding-id...>', 'ids as alerts and records show them, or their first characters')
    .requiredOption('--reason <text>', 'why: written to the release record')
    .option('--who <name>', 'who takes the responsibility; default: the ARN of the AWS credentials')
    .option('--dry-run', 'show what would be put back, and change nothing')
    .option('--yes', 'do not ask')
    .option('--no-wait', 'do not look again after one visibility timeout')
    .addHelpText(
      'after',
      `
Examples:
  macie-isolator release ba3c75616234b8a67797b8000371aaba --reason 'synthetic data, see case 12'
  macie-isolator release ba3c7561 4f00aa17 --reason 'false positives' --dry-run --stack macie-isolator-data-plane`,
    )
    .action(async (ids: string[], flags) => {
      const { runRelease } = await import('./release.ts');
      await run(flags, (context) => runRelease(ids, flags, context));
    });

  const word = (command: Command) =>
    forOperators(command)
      .requiredOption('--reason <text>', 'why: written down for everybody, and shown by the workers')
      .option('--who <name>', 'who takes the responsibility; default: the ARN of the AWS credentials')
      .option('--dry-run', 'show what holds now, and change nothing')
      .option('--yes', 'do not ask');

  word(program.command('pause'))
    .description('stop every worker within 15 seconds; findings wait in the queue')
    .option('--for <time>', 'resume by itself after so long, such as 90m or 2h')
    .addHelpText(
      'after',
      `
Examples:
  macie-isolator pause --reason 'the new rule takes too much'
  macie-isolator pause --reason 'migration of lake-raw' --for 2h --yes --stack macie-isolator-data-plane`,
    )
    .action(async (flags) => {
      const { runPause } = await import('./pause.ts');
      await run(flags, (context) => runPause(flags, context));
    });

  word(program.command('resume'))
    .description('end a pause, or that of a spent budget, and start a new count')
    .option('--budget <number>', 'findings an hour until the next resume; default: ISOLATION_BUDGET_PER_HOUR')
    .addHelpText(
      'after',
      `
Examples:
  macie-isolator resume --reason 'rule mended, see case 12'
  macie-isolator resume --reason 'first scan of lake-raw, looked through' --budget 50000`,
    )
    .action(async (flags) => {
      const { runResume } = await import('./pause.ts');
      await run(flags, (context) => runResume(flags, context));
    });

  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCode.done : exitCode.usage;
  }
  return code;
}

/** Adds the flags of all commands for operators. */
function forOperators(command: Command): Command {
  return command
    .option('--profile <name>', 'profile of the AWS configuration')
    .option('--region <name>', 'AWS region')
    .option('--endpoint-url <url>', 'a stand-in for AWS, such as LocalStack')
    .option('--stack <name>', 'stack of data-plane.yaml, whose outputs are settings')
    .addOption(
      new Option('--set <NAME=value>', 'a setting of the worker, before all others; repeatable').argParser(
        (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
      ),
    )
    .option('--json', 'one JSON document')
    .option('--jsonl', 'a JSON document a line')
    .option('--fields <names>', 'these fields, with commas between')
    .option('--debug', 'show where an error arose');
}
