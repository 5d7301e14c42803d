import { type CommandLine, forOperators, withExamples } from '../frame/command-line.ts';

/** Defines `identifiers` with its commands. */
export function defineIdentifiers({ program, run }: CommandLine): void {
  const identifiers = program.command('identifiers').description('custom data identifiers of Macie');

  forOperators(identifiers.command('list'))
    .description('list the custom data identifiers of the account')
    .action(async (flags) => {
      const { runIdentifiersList } = await import('../identifiers/list.ts');
      await run(flags, (context) => runIdentifiersList(flags, context));
    });

  const test = forOperators(identifiers.command('test'))
    .description('test whether identifiers match the texts that they must match, and no others')
    .argument('[file]', 'identifiers with their tests, YAML or JSON; default: the three of the demo')
    .option('--macie', 'ask Macie too; without this nothing leaves this machine')
    .action(async (file: string | undefined, flags) => {
      const { runIdentifiersTest } = await import('../identifiers/test.ts');
      await run(flags, (context) => runIdentifiersTest(file, flags, context));
    });
  withExamples(
    test,
    'macie-isolator identifiers test',
    'macie-isolator identifiers test identifiers.yaml --macie',
  );

  const apply = forOperators(identifiers.command('apply'))
    .description('make the identifiers of the account those of a file; others stay')
    .argument('[file]', 'identifiers, YAML or JSON; default: the three of the demo')
    .option('--dry-run', 'show the difference, and change nothing')
    .option('--yes', 'do not ask')
    .action(async (file: string | undefined, flags) => {
      const { runIdentifiersApply } = await import('../identifiers/apply.ts');
      await run(flags, (context) => runIdentifiersApply(file, flags, context));
    });
  withExamples(
    apply,
    'macie-isolator identifiers apply --dry-run',
    'macie-isolator identifiers apply identifiers.yaml --yes',
  );
}
