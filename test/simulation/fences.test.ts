import { describe, expect, it } from 'vitest';
import { anyFault } from './actor.ts';
import type { Guard } from './guards/guard.ts';
import { optionsWithout } from './guards/without-guard.ts';
import { product } from './product.ts';
import { seedOfRun } from './search/random.ts';
import { promised, randomWorld } from './search/random-world.ts';
import { runRandom, runSchedule } from './search/run-random.ts';
import type { SimulationOptions } from './simulation.ts';
import type { World } from './world.ts';

const breaks = 'fences are true';
const rest = { breaks, seed: 0, enforcedBy: '`core/fence`' };

const guards: readonly Guard[] = [
  {
    ...rest,
    name: 'a tag that hit other bytes is taken away',
    file: 'put-fence.ts',
    find: "if (hit === 'flagged')",
    replace: 'if (hit !== undefined)',
  },
  {
    ...rest,
    name: 'only the flagged version is fenced',
    file: 'flagged-version.ts',
    find: 'version.versionId === versionId && isSame(version)',
    replace: 'version.isLatest',
  },
  {
    ...rest,
    name: 'a refused tag is open',
    file: 'put-fence.ts',
    find: "return { kind: 'open' };",
    replace: "return { kind: 'tagged', isNew: true, ownTags: [] };",
  },
  {
    ...rest,
    name: 'other versions with the same bytes are not out of reach',
    file: 'isolation.ts',
    find: 'const isAlone = uncomparedVersions(result).length === 0 &&',
    replace: 'const isAlone =',
  },
];

/** The owner overwrites the object between the look at its tags and the tag, and the worker dies after the tag. */
const overwritten: World = {
  features: [...promised, 'fences'],
  sourceVersions: 'flagged',
  parkAfterReceives: 4,
  maximumReceives: 8,
  buckets: [{ name: 'data-0', accountId: '444455556666', versioning: 'never' }],
  before: [{ kind: 'put', bucket: 'data-0', key: 'k', bytes: 'AAAA', form: 'checksummed' }],
  findings: [{ bucket: 'data-0', key: 'k', depth: 0, names: 'etag' }],
  messages: [0],
  deeds: [{ kind: 'put', bucket: 'data-0', key: 'k', bytes: 'CC', form: 'checksummed' }],
  workerSkewsMs: [0],
  operators: [],
  showsLocks: true,
  marksInMetadata: false,
  faults: [anyFault],
  repeats: 0,
  fence: 'first',
};
const schedule = 'x0 w0 w0 w0 d0 w0>'.split(' ');
const redelivery: Guard = {
  ...rest,
  name: 'a redelivery takes away the tag of a worker that died',
  file: 'fence-end.ts',
  find: 'if (!isRepetition(message)) return;',
  replace: 'return;',
};

/**
 * Looks for a broken promise about fences. What else the promises judge goes by the last look at the source, which a fence
 * adds to: that is judged in the worlds without fences.
 */
async function firstFailure(runs: number, options: SimulationOptions) {
  for (let run = 0; run < runs; run += 1) {
    const seed = seedOfRun(17, run);
    const { failure } = await runRandom(randomWorld(seed, [...promised, 'fences']), seed, options);
    if (failure?.invariant === breaks) return { seed, ...failure };
  }
  return undefined;
}

describe('workers that fence', () => {
  it('keep the promise about fences in thousands of schedules', async () => {
    expect(await firstFailure(3_000, { product })).toBeUndefined();
  });

  it.each(guards)('break it without this guard: $name', async (guard) => {
    expect(await firstFailure(3_000, await optionsWithout(guard))).toMatchObject({ invariant: breaks });
  });

  it('take the tag of a worker that died from bytes that nobody flagged', async () => {
    const whole = await runSchedule(overwritten, schedule, { product });
    const without = await runSchedule(overwritten, schedule, await optionsWithout(redelivery));

    expect(whole.failure).toBeUndefined();
    expect(without.failure?.invariant).toBe(breaks);
  });
});
