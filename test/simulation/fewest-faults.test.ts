import { describe, expect, it } from 'vitest';
import { product } from './product.ts';
import { looks } from './search/fewest-faults.ts';
import { createRandom } from './search/random.ts';
import { promised, randomWorld } from './search/random-world.ts';
import { createSimulation } from './simulation.ts';

/** The calls that schedules by chance make, and those of them that changed something. */
async function callsOf(
  worlds: number,
): Promise<{ readonly made: Set<string>; readonly changing: Set<string> }> {
  const made = new Set<string>();
  const changing = new Set<string>();
  for (let seed = 0; seed < worlds; seed += 1) {
    const random = createRandom(seed);
    const simulation = await createSimulation(randomWorld(seed, promised), { product });
    for (let moves = simulation.moves(); moves.length > 0; moves = simulation.moves()) {
      const move = random.pick(moves);
      const name = simulation.callOf(move)?.name ?? 'receive';
      const before = JSON.stringify(simulation.surroundings());
      await simulation.make(move);
      if (name === 'receive') continue;
      made.add(name);
      if (JSON.stringify(simulation.surroundings()) !== before) changing.add(name);
    }
  }
  return { made, changing };
}

describe('calls that only look', () => {
  it('change nothing, and are made', async () => {
    const { made, changing } = await callsOf(1_600);

    expect([...changing].filter((name) => looks.has(name))).toEqual([]);
    expect([...looks].filter((name) => !made.has(name))).toEqual([]);
    expect(changing).toContain('source.plainDelete');
  });
});
