import { type CommandLine, forOperators, withExamples, withResponsibility } from '../frame/command-line.ts';

export function defineGet({ program, run }: CommandLine): void {
  const command = withResponsibility(forOperators(program.command('get')), 'why: written down under access/')
    .description('fetch an isolated object to a new file, and write down who did and why')
    .argument('<finding-id>', 'the id as alert and record show it, or its first characters')
    .requiredOption('--out <file>', 'the new file; an existing one is never overwritten')
    .action(async (id: string, flags) => {
      const { runGet } = await import('../get.ts');
      await run(flags, (context) => runGet(id, flags, context));
    });
  withExamples(
    command,
    "macie-isolator get ba3c7561 --out evidence.csv --reason 'case 12: whose data is it?'",
  );
}
