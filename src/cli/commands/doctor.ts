import { type CommandLine, forOperators, withExamples } from '../frame/command-line.ts';

export function defineDoctor({ program, run }: CommandLine): void {
  const command = forOperators(program.command('doctor'))
    .description('check an installation, and say how to mend what is wrong')
    .action(async (flags) => {
      const { runDoctor } = await import('../doctor.ts');
      await run(flags, (context) => runDoctor(flags, context));
    });
  withExamples(
    command,
    'macie-isolator doctor --stack macie-isolator-data-plane',
    'macie-isolator doctor --json --fields check,state',
  );
}
