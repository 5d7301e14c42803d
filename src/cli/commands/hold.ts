import { type CommandLine, forChanges, withExamples } from '../frame/command-line.ts';

/** Defines `hold` and `unhold`. */
export function defineHold({ program, run }: CommandLine): void {
  for (const [name, does, status] of [
    ['hold', 'put a legal hold on isolated copies: nobody can delete them until it is taken away', 'ON'],
    ['unhold', 'take the legal hold of isolated copies away', 'OFF'],
  ] as const) {
    const command = forChanges(
      program.command(name),
      'why: written down under access/',
      'show the copies, and change nothing',
    )
      .description(does)
      .argument('<finding-id...>', 'ids as alerts and records show them, or their first characters')
      .action(async (ids: string[], flags) => {
        const { runHold } = await import('../hold.ts');
        await run(flags, (context) => runHold(ids, status, flags, context));
      });
    withExamples(command, `macie-isolator ${name} ba3c7561 --reason 'litigation, see case 4711'`);
  }
}
