import type { CommandLine } from '../frame/command-line.ts';
import { exitCode } from '../frame/exit-code.ts';

export function defineSettings({ program, run, terminal }: CommandLine): void {
  program
    .command('settings')
    .description('list every setting of the worker')
    .action(async () => {
      const { describeSettings } = await import('../settings.ts');
      await run({}, async () => {
        terminal.out.write(describeSettings());
        return exitCode.done;
      });
    });
}
