import type { CommandLine } from '../frame/command-line.ts';

export function defineSettings({ program, terminal }: CommandLine): void {
  program
    .command('settings')
    .description('list every setting of the worker')
    .action(async () => {
      const { describeSettings } = await import('../settings.ts');
      terminal.out.write(describeSettings());
    });
}
