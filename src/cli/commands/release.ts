import { type CommandLine, forChanges, withExamples } from '../frame/command-line.ts';

export function defineRelease({ program, run }: CommandLine): void {
  const command = forChanges(
    program.command('release'),
    'why: written to the release record',
    'show what would be put back, and change nothing',
  )
    .description('put isolated objects back where they were, never over another object')
    .argument('[finding-id...]', 'ids as alerts and records show them, or their first characters')
    .option(
      '--from <file>',
      'ids from a file, one a line, or as list --jsonl writes them; - reads standard input',
    )
    .option('--no-wait', 'do not look again after one visibility timeout')
    .action(async (ids: string[], flags) => {
      const { runRelease } = await import('../release/release.ts');
      await run(flags, (context) => runRelease(ids, flags, context));
    });
  withExamples(
    command,
    "macie-isolator release ba3c75616234b8a67797b8000371aaba --reason 'synthetic data, see case 12'",
    "macie-isolator release ba3c7561 4f00aa17 --reason 'false positives' --dry-run --stack macie-isolator-data-plane",
    "macie-isolator release --from ids.txt --reason 'false positives of rule tables, case 12' --yes",
  );
}
