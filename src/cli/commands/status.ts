import { Option } from 'commander';
import { type CommandLine, forOperators, repeatable, withExamples } from '../frame/command-line.ts';
import { whileRead } from '../frame/stopped-early.ts';

export function defineStatus({ program, run }: CommandLine): void {
  const command = forOperators(program.command('status'))
    .description('show how the service does, the worst first')
    .addOption(
      new Option(
        '--url <url>',
        'a worker whose metrics are read, such as http://worker:8080; repeatable',
      ).argParser(repeatable),
    )
    .option('--days <number>', 'records of so many days, today included; default: 3')
    .option('--watch [seconds]', 'show it again and again, until Ctrl-C')
    .option('--check', 'exit with 3 if something is wrong, or if what was asked for is unknown')
    .option('--max-age <time>', 'the oldest unfinished finding may be so old; default: 1h')
    .option('--max-parked <number>', 'so many messages may be parked; default: 0')
    .action(async (flags) => {
      const { runStatus } = await import('../status/status.ts');
      await run(flags, (context) => whileRead(context, () => runStatus(flags, context)));
    });
  withExamples(
    command,
    'macie-isolator status --stack macie-isolator-data-plane',
    'macie-isolator status --url http://10.0.1.7:8080 --watch',
    'macie-isolator status --check --max-age 1h --max-parked 0',
  );
}
