import { Option } from 'commander';
import { forAnswers } from '../deploy/answer-flags.ts';
import { type CommandLine, forPlace, repeatable, withExamples, withRows } from '../frame/command-line.ts';

export function defineDeploy({ program, run }: CommandLine): void {
  const command = forAnswers(withRows(forPlace(program.command('deploy'))))
    .description('deploy the service into this account and region, or update it')
    .option('--plan', 'show what would be done, and change nothing')
    .addOption(
      new Option(
        '--allow-replacement <name>',
        'a queue, bucket, topic or key that may be replaced or taken away; repeatable',
      ).argParser(repeatable),
    )
    .option('--accept-unknown', 'go on although a check could not be made')
    .option('--yes', 'do not ask')
    .action(async (flags) => {
      const { runDeploy } = await import('../deploy/deploy.ts');
      await run(flags, (context) => runDeploy(flags, context));
    });
  withExamples(
    command,
    'macie-isolator deploy --plan --file answers.yaml',
    'macie-isolator deploy --alert-email privacy@example.com --source-buckets lake-raw,lake-landing --network own --macie enable --yes',
    'macie-isolator deploy --file answers.yaml --mode enforce',
  );
}
