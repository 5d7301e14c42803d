import { Option } from 'commander';
import { type CommandLine, forOperators, notEmpty, repeatable, withExamples } from '../frame/command-line.ts';

export function defineDoctor({ program, run }: CommandLine): void {
  const command = forOperators(program.command('doctor'))
    .description('check an installation, and say how to mend what is wrong')
    .option(
      '--service-stack <name>',
      'stack of service.yaml, whose outputs name the worker’s role and version',
      notEmpty,
    )
    .addOption(
      new Option(
        '--source-bucket <name>',
        'a bucket of this account that the worker must reach; repeatable',
      ).argParser(repeatable),
    )
    .addOption(
      new Option('--url <url>', 'a worker whose version is compared; repeatable').argParser(repeatable),
    )
    .option('--canary', 'put and copy a small object under control/probe/ of the isolation bucket')
    .option('--probe', 'have Macie make a sample finding, and follow it to its record')
    .option('--wait <time>', 'how long the probe waits; default: 10m')
    .action(async (flags) => {
      const { runDoctor } = await import('../doctor/doctor.ts');
      await run(flags, (context) => runDoctor(flags, context));
    });
  withExamples(
    command,
    'macie-isolator doctor --stack macie-isolator-data-plane --service-stack macie-isolator',
    'macie-isolator doctor --stack macie-isolator-data-plane --source-bucket lake-raw --source-bucket lake-curated',
    'macie-isolator doctor --stack macie-isolator-data-plane --canary --probe --wait 5m',
    'macie-isolator doctor --json --fields check,state',
  );
}
