import { Option } from 'commander';
import { type CommandLine, forOperators, repeatable, withExamples } from '../frame/command-line.ts';
import { whileRead } from '../frame/stopped-early.ts';

export function defineList({ program, run }: CommandLine): void {
  const many = (flags: string, description: string) => new Option(flags, description).argParser(repeatable);
  const command = forOperators(program.command('list'))
    .description('list records of findings, newest day first')
    .option('--since <time>', 'findings that Macie created since then: 7d, 2026-11-20 or 2026-11-20T13:00Z')
    .option('--until <time>', 'findings that Macie created until then')
    .addOption(many('--outcome <name>', 'how it ended, such as isolated; repeatable, as are the following'))
    .addOption(many('--bucket <pattern>', 'the bucket; * stands for any characters, as in policies'))
    .addOption(many('--key <pattern>', 'the key of the object'))
    .addOption(many('--account <id>', 'the account of the bucket'))
    .addOption(many('--severity <word>', 'Low, Medium or High'))
    .addOption(many('--identifier <pattern>', 'what Macie found, such as NAME or "Patient ID"'))
    .addOption(many('--rule <pattern>', 'the rule of the policy that decided'))
    .addOption(
      many('--origin <word>', 'where the finding came from: eventbridge, backfill, replay or manual'),
    )
    .addOption(many('--alert <result>', 'whether people were told: sent, folded, failed or none'))
    .option('--limit <number>', 'at most so many; 0: all; default: 40 in a table, all in JSON')
    .option('--after <record>', 'go on after this record, as the line below a table names it')
    .addOption(new Option('--count', 'count only').conflicts(['fields', 'limit']))
    .option('--resend', 'with --alert failed: tell people who were not told')
    .option('--yes', 'with --resend: do not ask')
    .action(async (flags) => {
      if (flags.resend) {
        const { runResend } = await import('../list/resend.ts');
        return run(flags, (context) => runResend(flags, context));
      }
      const { runList } = await import('../list/list.ts');
      return run(flags, (context) => whileRead(context, () => runList(flags, context)));
    });
  withExamples(
    command,
    'macie-isolator list --since 7d --outcome retained --outcome refused',
    "macie-isolator list --outcome isolated --bucket 'lake-*' --key '*.csv' --identifier 'Patient ID'",
    'macie-isolator list --since 30d --jsonl --fields finding_id,bucket,key',
    'macie-isolator list --since 2026-11-01 --outcome isolated --count',
    'macie-isolator list --since 7d --alert failed --resend',
  );
}
