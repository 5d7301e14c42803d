import { parseArgs } from 'node:util';
import { findSeeds } from './guards/find-seeds.ts';
import { guards } from './guards/guards.ts';
import { optionsWithout } from './guards/without-guard.ts';
import { product } from './product.ts';
import { explore } from './search/explore.ts';
import type { Failure } from './search/failure.ts';
import { seedOfRun } from './search/random.ts';
import { promised, randomWorld } from './search/random-world.ts';
import { runRandom, runSchedule, shrink } from './search/run-random.ts';
import { allVariants, quickVariants, smallWorlds, smallWorldsWith } from './search/small-worlds.ts';
import type { SimulationOptions } from './simulation.ts';
import type { Feature, World } from './world.ts';

const help = `npm run simulate -- [options]

  --runs N          schedules by chance (10000), each in a world of its own
  --seed N          where chance begins (1)
  --exhaustive      every schedule of every small world, in an hour or more: one worker with two faults; two workers with
                    a crash and a lost answer; with one version of the object also two workers with any fault
  --quick           every schedule of the same worlds, cut to seconds: one worker with one fault; with one
                    version of the object also two workers without a fault
  --world NAME      of the small worlds only this one
  --without GUARD   with this guard taken out of the product (see test/simulation/guards.ts)
  --with FEATURES   also with these, separated by commas (see test/simulation/world.ts)
  --find-seeds      finds a seed for each guard that is missed no more, and writes it down
  --replay SEED     the world of this seed, or a small world by its name, ...
  --schedule MOVES  ... and these moves: w0 is worker 0's next call, x1 message 1 arrives or comes again,
                    r0 dead letter 0 is sent back, h0 what was held first is sent again, d2 deed 2 of the owners, p0 the
                    operator's next call; ! throttled, < and > a crash before and after the call, ~ asked again,
                    ? answer lost, * copy corrupted
`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    exhaustive: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    world: { type: 'string' },
    without: { type: 'string' },
    with: { type: 'string', default: '' },
    'find-seeds': { type: 'boolean', default: false },
    replay: { type: 'string' },
    schedule: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const windows = new Map<string, number>();

process.exitCode = await main();

async function main(): Promise<number> {
  if (values.help) {
    say(help);
    return 0;
  }
  if (values['find-seeds']) return findSeeds(say);
  const options = await chosenOptions();
  if (values.replay !== undefined) return replay(values.replay, values.schedule.split(' '), options);
  if (values.exhaustive || values.quick) return exploreAll(options);
  return runMany(Number(values.runs), Number(values.seed), options);
}

function features(): readonly Feature[] {
  const more = values.with.split(',').filter((name): name is Feature => name !== '');
  return [...promised, ...more];
}

function worldOf(seed: number): World {
  return randomWorld(seed, features());
}

async function chosenOptions(): Promise<SimulationOptions> {
  if (values.without === undefined) return { product };
  const guard = guards.find(({ name }) => name === values.without);
  if (guard === undefined)
    throw new Error(`no such guard; there are: ${guards.map(({ name }) => name).join(', ')}`);
  return optionsWithout(guard);
}

async function runMany(runs: number, seed: number, options: SimulationOptions): Promise<number> {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  let calls = 0;
  let saidAt = 0;
  for (let run = 0; run < runs; run += 1) {
    const runSeed = seedOfRun(seed, run);
    const result = await runRandom(worldOf(runSeed), runSeed, options);
    calls += result.calls;
    noteWindows(result.windows);
    if (result.failure) return report(worldOf(runSeed), String(runSeed), result.failure, options);
    if (seconds() - saidAt < 5) continue;
    saidAt = seconds();
    say(`${run + 1} of ${runs} schedules, ${perSecond(run + 1)} schedules/s`);
  }
  function perSecond(count: number): number {
    return Math.round(count / seconds());
  }
  say(
    `${runs} schedules, ${calls} calls (${perSecond(runs)} schedules/s, ${perSecond(calls)} calls/s): no invariant broken`,
  );
  sayWindows();
  return 0;
}

async function exploreAll(options: SimulationOptions): Promise<number> {
  let states = 0;
  for (const small of smallWorldsWith(features()).filter(({ name }) => (values.world ?? name) === name)) {
    const { name } = small;
    for (const { what, world } of values.quick ? quickVariants(small) : allVariants(small)) {
      const found = await explore(world, options, progressOf(`${name}: ${what}`));
      states += found.states;
      noteWindows(found.windows);
      if (found.failure) return report(world, name, found.failure, { ...options, timeless: true });
      say(`${name}: ${what}: ${found.states} states, ${found.schedules} schedules`);
    }
  }
  say(`${states} states, every interleaving: no invariant broken`);
  sayWindows();
  return 0;
}

/** Says now and then how far it has come. */
function progressOf(what: string): (states: number, open: number) => void {
  let saidAt = performance.now();
  return (states, open) => {
    if (performance.now() - saidAt < 30_000) return;
    saidAt = performance.now();
    say(`${what}: ${states} states so far, ${open} branches to go on with`);
  };
}

async function report(
  world: World,
  where: string,
  failure: Failure,
  options: SimulationOptions,
): Promise<number> {
  say(`broken: ${failure.invariant}: ${failure.message}`);
  say(`found after ${failure.schedule.length} moves; looking for the fewest`);
  const { message, schedule } = await shrink(world, failure, options);
  say(`broken: ${failure.invariant}: ${message}\n\nreplay it by:`);
  const without = values.without === undefined ? '' : ` --without '${values.without}'`;
  const more = values.with === '' ? '' : ` --with ${values.with}`;
  say(`npm run simulate --${without}${more} --replay '${where}' --schedule '${schedule.join(' ')}'`);
  return 1;
}

async function replay(
  where: string,
  schedule: readonly string[],
  options: SimulationOptions,
): Promise<number> {
  const small = smallWorlds.find(({ name }) => name === where);
  const world = small?.world ?? worldOf(Number(where));
  say(JSON.stringify(world, null, 1));
  const result = await runSchedule(world, schedule, {
    ...options,
    timeless: small !== undefined,
    tell: (line) => say(line.slice(0, 300)),
  });
  const { failure } = result;
  say(failure ? `broken: ${failure.invariant}: ${failure.message}` : 'no invariant broken');
  return failure ? 1 : 0;
}

function noteWindows(found: ReadonlyMap<string, number>): void {
  for (const [window, count] of found) windows.set(window, (windows.get(window) ?? 0) + count);
}

/** What S3 leaves open (docs/architecture.md). */
function sayWindows(): void {
  for (const [window, count] of windows) say(`known window ${window}: ${count} times`);
}
