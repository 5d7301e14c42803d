import { type CommandLine, forPlace, withExamples, withRows } from '../frame/command-line.ts';

export function defineUndeploy({ program, run }: CommandLine): void {
  const command = withRows(forPlace(program.command('undeploy')))
    .description('take the stacks of the service down; the evidence stays')
    .option('--prefix <name>', 'of the installation', 'macie-isolator')
    .option('--plan', 'show what would be deleted and what stays, and change nothing')
    .option('--discard-messages', 'delete queues that hold messages')
    .option('--yes', 'do not ask')
    .action(async (flags) => {
      const { runUndeploy } = await import('../deploy/undeploy.ts');
      await run(flags, (context) => runUndeploy(flags, context));
    });
  withExamples(command, 'macie-isolator undeploy --plan', 'macie-isolator undeploy --region eu-central-1');
}
