import { type CommandLine, forOperators, withExamples } from '../frame/command-line.ts';

export function defineReconcile({ program, run }: CommandLine): void {
  const command = forOperators(program.command('reconcile'))
    .description("compare Macie's findings with the records, and send what is missing")
    .option('--since <time>', 'findings since then: 30d, 2026-11-20 or 2026-11-20T13:00Z; 90d at most', '90d')
    .option('--until <time>', 'findings until then; default: a quarter of an hour ago')
    .option('--send', 'send findings without a record to the findings queue')
    .option('--send-held', 'send findings that a limit held')
    .option('--send-dry-run', 'send findings with no more than a dry run')
    .option('--rate <number/unit>', 'how fast: messages per second, minute or hour', '10/s')
    .option('--differences', 'leave out what is done')
    .option('--totals', 'only the totals, as for a scheduled task')
    .option('--yes', 'do not ask')
    .action(async (flags) => {
      const { runReconcile } = await import('../reconcile/reconcile.ts');
      await run(flags, (context) => runReconcile(flags, context));
    });
  withExamples(
    command,
    'macie-isolator reconcile --since 7d --differences --stack macie-isolator-data-plane',
    'macie-isolator reconcile --send --send-held --rate 500/h',
    'macie-isolator reconcile --totals --jsonl --send --yes',
  );
}
