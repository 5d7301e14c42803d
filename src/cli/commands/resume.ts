import { type CommandLine, forChanges, withExamples } from '../frame/command-line.ts';

export function defineResume({ program, run }: CommandLine): void {
  const command = forChanges(
    program.command('resume'),
    'why: written down for everybody, and shown by the workers',
    'show what holds now, and change nothing',
  )
    .description('end a pause, or that of a spent budget, and start a new count')
    .option('--budget <number>', 'findings an hour until the next resume; default: ISOLATION_BUDGET_PER_HOUR')
    .action(async (flags) => {
      const { runResume } = await import('../valve/pause.ts');
      await run(flags, (context) => runResume(flags, context));
    });
  withExamples(
    command,
    "macie-isolator resume --reason 'rule mended, see case 12'",
    "macie-isolator resume --reason 'first scan of lake-raw, looked through' --budget 50000",
  );
}
