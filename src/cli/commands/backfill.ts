import { Option } from 'commander';
import { type CommandLine, forOperators, repeatable, withExamples } from '../frame/command-line.ts';

export function defineBackfill({ program, run }: CommandLine): void {
  const many = (flags: string, description: string) => new Option(flags, description).argParser(repeatable);
  const command = forOperators(program.command('backfill'))
    .description('send findings that Macie has kept to the findings queue')
    .requiredOption(
      '--since <time>',
      'findings since then: 30d, 2026-11-20 or 2026-11-20T13:00Z; 90d at most',
    )
    .option('--until <time>', 'findings until then; default: a quarter of an hour ago')
    .addOption(
      many('--bucket <pattern>', 'the bucket; * stands for any characters, as in policies; repeatable'),
    )
    .addOption(many('--key <pattern>', 'the key of the object; repeatable, as are the following'))
    .addOption(many('--account <id>', 'the account of the bucket'))
    .addOption(many('--severity <word>', 'Low, Medium or High'))
    .addOption(many('--identifier <pattern>', 'what Macie found, such as NAME or "Patient ID"'))
    .option('--again', 'also findings with a record; default: those without, held ones and dry runs')
    .option('--rate <number/unit>', 'how fast: messages per second, minute or hour', '10/s')
    .option('--dry-run', 'show what would be sent, and send nothing')
    .option('--yes', 'do not ask')
    .action(async (flags) => {
      const { runBackfill } = await import('../reconcile/backfill.ts');
      await run(flags, (context) => runBackfill(flags, context));
    });
  withExamples(
    command,
    'macie-isolator backfill --since 30d --dry-run --stack macie-isolator-data-plane',
    "macie-isolator backfill --since 2026-11-01 --until 2026-11-08 --bucket 'lake-*' --severity High --rate 500/h",
  );
}
