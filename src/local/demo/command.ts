import { Command, InvalidArgumentError } from 'commander';
import { Listr } from 'listr2';
import { report } from './report.ts';
import { type DemoOptions, type Progress, runDemo } from './run-demo.ts';
import { differences, differencesByRecord, totalsOf } from './totals.ts';
import type { DemoWorld } from './world.ts';

export interface DemoCommand {
  readonly name: string;
  readonly description: string;
  /** The label of the first progress step, in which the world is opened. */
  readonly opening: string;
  /** Whether the world ends with the command. Such a world can stay up with `--keep`. */
  readonly ownsWorld: boolean;
  /** `policy` is the path of a policy in place of the built-in one. */
  open(options: { readonly policy?: string }): Promise<DemoWorld>;
}

interface Flags extends DemoOptions {
  readonly keep?: boolean;
  readonly policy?: string;
  readonly fence?: boolean;
  readonly json: boolean;
}

/** Runs the demo as a command, in any world. Exits with code 1 if a result is not as the demo promises. */
export async function runCommand(demo: DemoCommand): Promise<void> {
  const command = new Command(demo.name)
    .description(demo.description)
    .option('--full', 'the row counts of the original demo', false)
    .option('--seed <number>', 'another seed, other data', toSeed, 1)
    .option('--json', 'one JSON document on standard output, and nothing else there', false)
    .allowExcessArguments(false)
    .action((flags: Flags) => main(demo, flags));
  if (demo.ownsWorld) {
    command
      .option('--keep', 'stay up afterwards, to look around')
      .option('--policy <file>', 'a policy in place of the built-in one (docs/policy.md)')
      .option(
        '--fence',
        'only the fence: an object that cannot be moved, and a read that is refused (docs/fence.md)',
      );
  }
  await command.parseAsync();
}

async function main(demo: DemoCommand, flags: Flags): Promise<void> {
  const progress = progressFor(flags);
  try {
    if (flags.fence) return await showFence(flags, progress);
    const hasPolicy = flags.policy !== undefined;
    const world = await progress(demo.opening, () => demo.open(flags));
    const result = await runDemo(world, { seed: flags.seed, full: flags.full }, progress);
    const wrong = hasPolicy ? differencesByRecord(result) : differences(result);
    const document = { ...result, ...totalsOf(result.files), differences: wrong };
    process.stdout.write(
      flags.json
        ? `${JSON.stringify(document, null, 2)}\n`
        : `\n${report(result, { showsRules: hasPolicy })}\n`,
    );
    for (const sentence of wrong) process.stderr.write(`WRONG: ${sentence}\n`);
    if (wrong.length > 0) process.exitCode = 1;
    if (flags.keep) await stayUp(world);
    await world.close();
  } catch (error) {
    process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
    // The stand-ins may still be listening, so the process must exit explicitly.
    process.exit(1);
  }
}

async function showFence({ json }: Flags, progress: Progress): Promise<void> {
  const { fenceDifferences, fenceReport, runFenceDemo } = await import('./fence-demo.ts');
  const shown = await runFenceDemo(progress);
  const wrong = fenceDifferences(shown);
  const document = { ...shown, differences: wrong };
  process.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : `\n${fenceReport(shown)}\n`);
  for (const sentence of wrong) process.stderr.write(`WRONG: ${sentence}\n`);
  if (wrong.length > 0) process.exitCode = 1;
}

/** Progress is live on a terminal, plain lines elsewhere, and silent if the output is for machines. */
function progressFor({ json }: Flags): Progress {
  return async (title, step) => {
    let answer: Awaited<ReturnType<typeof step>> | undefined;
    const run = async (say: (text: string) => void) => {
      answer = await step(say);
    };
    const tasks = new Listr(
      [{ title, task: (_, task) => run((text) => void (task.output = text)) }],
      json ? { renderer: 'silent' } : { fallbackRenderer: 'simple' },
    );
    await tasks.run();
    return answer as Awaited<ReturnType<typeof step>>;
  };
}

function toSeed(text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new InvalidArgumentError('must be a whole number of at most nine digits.');
  return Number(text);
}

async function stayUp({ commands }: DemoWorld): Promise<void> {
  const lines = commands.map((line) => `  ${line}\n`).join('');
  process.stderr.write(`\nStill up; Ctrl-C ends it. To look around:\n${lines}`);
  await new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}
