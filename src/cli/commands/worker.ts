import type { CommandLine } from '../frame/command-line.ts';

export function defineWorker({ program }: CommandLine): void {
  program
    .command('worker')
    .description('run the worker, set up from the environment')
    .action(async () => {
      const { runWorker } = await import('../worker.ts');
      await runWorker(process.env);
    });
}
