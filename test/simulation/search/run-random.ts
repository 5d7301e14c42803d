import { faults } from '../actor.ts';
import { createSimulation, type Simulation, type SimulationOptions } from '../simulation.ts';
import type { World } from '../world.ts';
import { type Failure, failureOf } from './failure.ts';
import { createRandom } from './random.ts';

export interface RunResult {
  readonly failure?: Failure;
  readonly calls: number;
  readonly windows: ReadonlyMap<string, number>;
}

/** More moves than that say nothing new: then the run goes to its end without faults. */
const longestSchedule = 150;

/** One schedule by chance. */
export async function runRandom(world: World, seed: number, options: SimulationOptions): Promise<RunResult> {
  const random = createRandom(seed);
  const simulation = await createSimulation(world, options);
  /** Some schedules let one actor run on for long, others change at every call. */
  const patience = random.pick([0, 0.5, 0.8, 0.95]);
  const faultChance = random.pick([0.02, 0.1, 0.3]);
  let last = '';
  const next = (): string | undefined => {
    const moves = simulation.moves();
    if (moves.length === 0) return undefined;
    const move = moves.includes(last) && random.chance(patience) ? last : random.pick(moves);
    last = move;
    const possible = random.chance(faultChance) ? simulation.faultsOf(move) : [];
    return possible.length === 0 ? move : `${move}${faults[random.pick(possible)]}`;
  };
  return run(simulation, next);
}

/** A schedule written down. What cannot happen at its place is left out. */
export async function runSchedule(
  world: World,
  schedule: readonly string[],
  options: SimulationOptions,
): Promise<RunResult> {
  const simulation = await createSimulation(world, options);
  const rest = [...schedule];
  return run(simulation, () => rest.shift());
}

async function run(simulation: Simulation, next: () => string | undefined): Promise<RunResult> {
  const schedule: string[] = [];
  const result = () => ({ calls: simulation.calls(), windows: simulation.windows });
  try {
    for (let move = next(); move !== undefined && schedule.length < longestSchedule; move = next()) {
      schedule.push(move);
      await simulation.make(move);
    }
    await simulation.finish();
    return result();
  } catch (error) {
    return { ...result(), failure: failureOf(error, schedule) };
  }
}

/** Leaves out every move that the failure does not need, until none can be left out. */
export async function shrink(world: World, failure: Failure, options: SimulationOptions): Promise<Failure> {
  let smallest = failure;
  for (let width = Math.ceil(failure.schedule.length / 2); width >= 1; width = Math.floor(width / 2)) {
    for (let start = 0; start < smallest.schedule.length; ) {
      const without = smallest.schedule.toSpliced(start, width);
      const { failure: still } = await runSchedule(world, without, options);
      if (still?.invariant === failure.invariant) smallest = { ...still, schedule: still.schedule };
      else start += width;
    }
  }
  return smallest;
}
