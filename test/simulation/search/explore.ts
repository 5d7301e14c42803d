import { hash } from 'node:crypto';
import { faults } from '../actor.ts';
import { createSimulation, type Simulation, type SimulationOptions } from '../simulation.ts';
import type { World } from '../world.ts';
import { type Failure, failureOf } from './failure.ts';
import { isOneOfItsOwn } from './fewest-faults.ts';

export interface Exploration {
  /** States that differ: two schedules that lead to the same one go on together. */
  readonly states: number;
  readonly schedules: number;
  readonly windows: ReadonlyMap<string, number>;
  readonly failure?: Failure;
}

/**
 * Every schedule of a small world, depth first: runs it anew for every branch, and stops where it has been before. Of
 * faults with the same effect it takes one.
 */
export async function explore(
  world: World,
  options: SimulationOptions,
  progress: (states: number, open: number) => void,
): Promise<Exploration> {
  const seen = new Set<string>();
  const windows = new Map<string, number>();
  const open: string[][] = [[]];
  let schedules = 0;
  const result = () => ({ states: seen.size, schedules, windows });
  for (let prefix = open.pop(); prefix !== undefined; prefix = open.pop()) {
    progress(seen.size, open.length);
    schedules += 1;
    const simulation = await createSimulation(world, { ...options, timeless: true });
    const schedule: string[] = [];
    try {
      for (const move of prefix) {
        schedule.push(move);
        await simulation.make(move);
      }
      for (;;) {
        const state = digestOf(simulation);
        if (seen.has(state)) break;
        seen.add(state);
        const [first, ...others] = allMoves(simulation);
        for (const other of others) open.push([...schedule, other]);
        if (first === undefined) {
          await simulation.finish();
          break;
        }
        schedule.push(first);
        await simulation.make(first);
      }
    } catch (error) {
      return { ...result(), failure: failureOf(error, schedule) };
    }
    for (const [window, count] of simulation.windows) {
      windows.set(window, (windows.get(window) ?? 0) + count);
    }
  }
  return result();
}

function allMoves(simulation: Simulation): string[] {
  const [chosen, ...same] = simulation.idle();
  // Of workers that do nothing any may take the next message: they do not differ.
  const moves = simulation.moves().filter((move) => move === chosen || !same.includes(move));
  return moves.flatMap((move) => {
    const possible = simulation
      .faultsOf(move)
      .filter((fault) => isOneOfItsOwn(fault, simulation.callOf(move)));
    return [move, ...possible.map((fault) => `${move}${faults[fault]}`)];
  });
}

function digestOf(simulation: Simulation): string {
  return hash('sha1', simulation.fingerprint(), 'base64');
}
