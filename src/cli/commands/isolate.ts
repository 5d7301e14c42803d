import { type CommandLine, forChanges, withExamples } from '../frame/command-line.ts';

export function defineIsolate({ program, run }: CommandLine): void {
  const command = forChanges(
    program.command('isolate'),
    'why: written to the request, and shown in the alert',
    'look at the objects, and request nothing',
  )
    .description('request the isolation of objects that no finding names; the worker then isolates them')
    .argument('[s3-uri]', 'the object, as s3://bucket/key; the key is taken as it is')
    .option('--version <id>', 'a version of the object; default: the current one')
    .option(
      '--plan <file>',
      'JSON lines as `policy simulate --out` writes them; those whose action is not isolate are left out',
    )
    .option('--account <id>', 'the account that owns the bucket; default: the account of QUEUE_URL')
    .option('--bucket-region <name>', 'the region of the bucket; default: that of the isolation bucket')
    .action(async (uri: string | undefined, flags) => {
      const { runIsolate } = await import('../isolate/isolate.ts');
      await run(flags, (context) => runIsolate(uri, flags, context));
    });
  withExamples(
    command,
    "macie-isolator isolate s3://lake-raw/hr/payroll.csv --reason 'reported by the works council, case 12'",
    "macie-isolator isolate --plan plan.jsonl --reason 'rule our-identifiers, looked through' --yes",
  );
}
