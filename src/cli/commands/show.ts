import { type CommandLine, forOperators, withExamples } from '../frame/command-line.ts';

export function defineShow({ program, run }: CommandLine): void {
  const command = forOperators(program.command('show'))
    .description('show the whole story of a finding, and where evidence and reality differ')
    .argument('<finding-id or s3 uri>', 'an id or its first characters; or an object, a copy or a record')
    .option('--since <time>', 'for an s3 uri: read the records since then too; default without a copy: 7d')
    .action(async (what: string, flags) => {
      const { runShow } = await import('../show/show.ts');
      await run(flags, (context) => runShow(what, flags, context));
    });
  withExamples(
    command,
    'macie-isolator show ba3c75616234b8a67797b8000371aaba',
    'macie-isolator show s3://lake-raw/in/customers.csv',
    'macie-isolator show ba3c7561 --json --fields copy,differences',
  );
}
