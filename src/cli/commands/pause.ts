import { type CommandLine, forChanges, withExamples } from '../frame/command-line.ts';

export function definePause({ program, run }: CommandLine): void {
  const command = forChanges(
    program.command('pause'),
    'why: written down for everybody, and shown by the workers',
    'show what holds now, and change nothing',
  )
    .description('stop every worker within 15 seconds; findings wait in the queue')
    .option('--for <time>', 'resume by itself after so long, such as 90m or 2h')
    .action(async (flags) => {
      const { runPause } = await import('../valve/pause.ts');
      await run(flags, (context) => runPause(flags, context));
    });
  withExamples(
    command,
    "macie-isolator pause --reason 'the new rule takes too much'",
    "macie-isolator pause --reason 'migration of lake-raw' --for 2h --yes --stack macie-isolator-data-plane",
  );
}
