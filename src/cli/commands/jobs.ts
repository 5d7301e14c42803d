import { Option } from 'commander';
import { type CommandLine, forOperators, notEmpty, repeatable, withExamples } from '../frame/command-line.ts';

const many = (flags: string, description: string) => new Option(flags, description).argParser(repeatable);

/** Defines `jobs` with its commands. */
export function defineJobs({ program, run }: CommandLine): void {
  const jobs = program.command('jobs').description('discovery jobs of Macie');

  forOperators(jobs.command('list'))
    .description('list the discovery jobs of the account, newest first')
    .action(async (flags) => {
      const { runJobsList } = await import('../jobs/list.ts');
      await run(flags, (context) => runJobsList(flags, context));
    });

  const create = forOperators(jobs.command('create'))
    .description('have Macie scan buckets, once or every day; it costs by the bytes that are scanned')
    .addOption(new Option('--once', 'scan what is there now').conflicts('daily'))
    .option('--daily', 'scan what is there now, and every day what is new')
    .addOption(many('--bucket <name>', 'a bucket to scan; repeatable').makeOptionMandatory())
    .addOption(many('--extension <name>', 'only objects with this extension, such as csv; repeatable'))
    .addOption(
      many('--identifier <name>', 'a custom data identifier of the account, by its name; repeatable'),
    )
    .addOption(
      new Option('--managed <which>', 'the managed data identifiers')
        .choices(['recommended', 'all', 'none'])
        .default('recommended'),
    )
    .option('--sampling <percent>', 'how many of the objects are scanned; default: 100')
    .option('--account <id>', 'the account that owns the buckets; default: that of the credentials')
    .option('--name <text>', 'name of the job; default: made from what it does', notEmpty)
    .option('--wait', 'wait for the end of the first run; it decides the exit code')
    .option('--poll-seconds <number>', 'with --wait: time between two looks; default: 15')
    .option('--dry-run', 'show the job and its bytes, and create nothing')
    .option('--yes', 'do not ask')
    .action(async (flags) => {
      const { runJobsCreate } = await import('../jobs/create.ts');
      await run(flags, (context) => runJobsCreate(flags, context));
    });
  withExamples(
    create,
    "macie-isolator jobs create --once --bucket lake-raw --extension csv --identifier 'Patient ID' --wait",
    'macie-isolator jobs create --daily --bucket lake-raw --bucket lake-curated --sampling 10 --yes',
  );
}
