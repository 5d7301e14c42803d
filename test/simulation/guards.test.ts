import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { guards } from './guards/guards.ts';
import { optionsWithout } from './guards/without-guard.ts';
import { product } from './product.ts';
import { randomWorld } from './search/random-world.ts';
import { runRandom } from './search/run-random.ts';

const document = readFileSync('docs/architecture.md', 'utf8');

describe('the simulation', () => {
  it.each(guards)('misses the guard: $name', async (guard) => {
    const world = randomWorld(guard.seed);
    const whole = await runRandom(world, guard.seed, { product });
    const without = await runRandom(world, guard.seed, await optionsWithout(guard));

    expect(whole.failure).toBeUndefined();
    expect(without.failure?.invariant).toBe(guard.breaks);
  });

  it.each(guards)('has its row in the architecture document: $name', ({ name, enforcedBy, breaks, seed }) => {
    expect(document).toContain(`| ${name} | ${enforcedBy} | ${breaks} | ${seed} |`);
  });
});
