import { describe, expect, it } from 'vitest';
import { anyFault } from './actor.ts';
import type { Guard } from './guards/guard.ts';
import { optionsWithout } from './guards/without-guard.ts';
import { product } from './product.ts';
import { promised } from './search/random-world.ts';
import { runSchedule } from './search/run-random.ts';
import type { Deed, World } from './world.ts';

const breaks = 'fences are true';
const place = { bucket: 'data-0', key: 'k' };

/** The owner overwrites the object between the look at its tags and the tag, and the worker dies after the tag. */
const overwritten: World = {
  features: promised,
  sourceVersions: 'flagged',
  parkAfterReceives: 4,
  maximumReceives: 8,
  buckets: [{ name: 'data-0', accountId: '444455556666', versioning: 'never' }],
  before: [{ kind: 'put', ...place, bytes: 'AAAA', form: 'checksummed' }],
  findings: [{ ...place, depth: 0, names: 'etag' }],
  messages: [0],
  deeds: [{ kind: 'put', ...place, bytes: 'CC', form: 'checksummed' }],
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
  name: 'a redelivery takes away the tag of a worker that died',
  breaks,
  seed: 0,
  enforcedBy: '`core/fence/take-back.ts`',
  file: 'take-back.ts',
  find: 'const listed = await takeFenceFromOthers(finding, ports, mayTake);',
  replace: 'const listed = undefined;',
};

const alertsOnly: Deed = { kind: 'policy', isolates: false };
const dryRun: Deed = { kind: 'mode', mode: 'dry-run' };

describe('the tag of a worker that died, on bytes that nobody flagged', () => {
  it.each([
    ['nothing else changes', []],
    ['the policy only alerts by then', [alertsOnly]],
  ])('is taken away by the redelivery: %s', async (_, deeds) => {
    const world = { ...overwritten, deeds: [...overwritten.deeds, ...deeds] };
    const moves = [...schedule, ...(deeds.length > 0 ? ['d1'] : [])];
    const whole = await runSchedule(world, moves, { product });
    const without = await runSchedule(world, moves, await optionsWithout(redelivery));

    expect(whole.failure).toBeUndefined();
    expect([...whole.windows]).toEqual([]);
    expect(without.failure?.invariant).toBe(breaks);
  });

  it('stays in a dry run, which touches nothing, and is named', async () => {
    const world = { ...overwritten, deeds: [...overwritten.deeds, dryRun] };
    const { failure, windows } = await runSchedule(world, [...schedule, 'd1'], { product });

    expect(failure).toBeUndefined();
    expect([...windows.keys()]).toEqual(['fence-that-may-be-left-is-named']);
  });
});
