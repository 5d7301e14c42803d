import { type CommandLine, forOperators, withExamples } from '../frame/command-line.ts';

export function defineGet({ program, run }: CommandLine): void {
  const command = forOperators(program.command('get'))
    .description('fetch an isolated object to a new file, and write down who did and why')
    .argument('<finding-id>', 'the id as alert and record show it, or its first characters')
    .requiredOption('--out <file>', 'the new file; an existing one is never overwritten')
    .requiredOption('--reason <text>', 'why: written down under access/')
    .option('--who <name>', 'who takes the responsibility; default: the ARN of the AWS credentials')
    .action(async (id: string, flags) => {
      const { runGet } = await import('../get.ts');
      await run(flags, (context) => runGet(id, flags, context));
    });
  withExamples(
    command,
    "macie-isolator get ba3c7561 --out evidence.csv --reason 'case 12: whose data is it?'",
  );
}
