import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/finding.ts';
import { handleFinding } from '../../../src/core/handle-finding.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject, messageAbout } from '../../support/findings.ts';

/**
 * A worker may die before or after the effect of any call, and the next one too. Whatever they left, the
 * third finishes it, and in the end it is as if nobody had died.
 */

interface Scene {
  readonly name: string;
  readonly arrange: () => { readonly world: FakeWorld; readonly about: Finding };
}

const object = flaggedObject();
const otherBytes = 'older, other';

const scenes: readonly Scene[] = [
  {
    name: 'an unversioned bucket',
    arrange() {
      const world = createFakeWorld();
      world.source.upload(object, flaggedBytes);
      return { world, about: finding() };
    },
  },
  {
    name: 'an unversioned bucket, provenance in an object of its own',
    arrange() {
      const world = createFakeWorld();
      world.source.upload(object, flaggedBytes, { missingMetadata: 1 });
      return { world, about: finding() };
    },
  },
  {
    name: 'an unversioned bucket, the first copy bad',
    arrange() {
      const world = createFakeWorld();
      world.source.upload(object, flaggedBytes, { checksum: undefined });
      world.isolation.corruptCopies = 1;
      return { world, about: finding() };
    },
  },
  {
    name: 'a versioned bucket, the version named, an older one below',
    arrange() {
      const world = createFakeWorld('enabled');
      world.source.upload(object, otherBytes);
      const versionId = world.source.upload(object, flaggedBytes) ?? '';
      return { world, about: finding({ object: flaggedObject({ versionId }) }) };
    },
  },
  {
    name: 'a versioned bucket, only the ETag named, identical versions around an older one',
    arrange() {
      const world = createFakeWorld('enabled');
      world.source.upload(object, flaggedBytes);
      world.source.upload(object, otherBytes);
      world.source.upload(object, flaggedBytes);
      return { world, about: finding() };
    },
  },
  {
    name: 'a suspended bucket, the null version current and alone',
    arrange() {
      const world = createFakeWorld('suspended');
      world.source.upload(object, flaggedBytes);
      return { world, about: finding() };
    },
  },
  {
    name: 'an unversioned bucket, with metadata that poses as ours and some that cannot be shown',
    arrange() {
      const world = createFakeWorld();
      const metadata = { 'isolator-finding-id': 'forged', 'isolator-source-size': '1' };
      world.source.upload(object, flaggedBytes, { missingMetadata: 1, metadata });
      return { world, about: finding() };
    },
  },
  {
    name: 'a versioned bucket, the version named not current, a null version identical',
    arrange() {
      const world = createFakeWorld();
      world.source.upload(object, flaggedBytes);
      world.source.setVersioning('enabled');
      const versionId = world.source.upload(object, flaggedBytes) ?? '';
      world.source.upload(object, otherBytes);
      return { world, about: finding({ object: flaggedObject({ versionId }) }) };
    },
  },
];

interface Crash {
  readonly call: number;
  readonly when: 'before' | 'after';
}

const maximumCalls = 16;
const crashes: readonly Crash[] = Array.from({ length: maximumCalls }, (_, index) => index + 1).flatMap(
  (call) => [
    { call, when: 'before' as const },
    { call, when: 'after' as const },
  ],
);

/** Handles one delivery, dying as told. Answers whether it came to its end. */
async function deliver(
  { world, about }: ReturnType<Scene['arrange']>,
  receiveCount: number,
  crash?: Crash,
): Promise<boolean> {
  const die = () => {
    throw new Error('the worker died');
  };
  world.log.clear();
  if (crash) world.log.on({ at: crash.call, [crash.when]: die });
  try {
    await handleFinding(messageAbout(about, { receiveCount }), world.ports, handleSettings());
    return true;
  } catch {
    return false;
  }
}

/** At every instant the flagged bytes are at the source or, whole, in the isolation bucket; other bytes stay. */
function watch(world: FakeWorld): void {
  const others = () => world.source.entries(object).filter(({ bytes }) => bytes === otherBytes).length;
  const othersAtFirst = others();
  world.log.afterEach(() => {
    const atSource = world.source.entries(object).some(({ bytes }) => bytes === flaggedBytes);
    const isolated = [...world.isolation.objects.values()].some(({ bytes }) => bytes === flaggedBytes);
    expect(atSource || isolated, 'flagged bytes are lost').toBe(true);
    expect(others(), 'other bytes are touched').toBe(othersAtFirst);
  });
}

/** What must be the same however often a worker died. */
function endState(world: FakeWorld) {
  const copies = [...world.isolation.objects].filter(([key]) => key.startsWith('objects'));
  return {
    copies: copies.map(([key, { bytes, stored }]) => [key, bytes, stored.metadata['isolator-finding-id']]),
    // A worker that goes on after a failed call notes what it removed.
    provenance: world.keys('provenance/').filter((key) => !key.startsWith('provenance/removals/')),
    isolatedRecords: world.keys('records/').filter((key) => key.endsWith('.isolated.json')),
    source: world.source.entries(object).map(({ bytes, isMarker }) => (isMarker ? 'marker' : bytes)),
    current: world.source.read(object)?.bytes,
    named: world.records()['isolated']?.remaining_versions,
  };
}

describe.each(scenes)('a crash in $name', ({ arrange }) => {
  async function uninterrupted() {
    const scene = arrange();
    expect(await deliver(scene, 1)).toBe(true);
    return endState(scene.world);
  }

  it('nothing is readable at the source in the end, and one verified copy is there', async () => {
    const { source, isolatedRecords, copies } = await uninterrupted();

    expect(source).not.toContain(flaggedBytes);
    expect(isolatedRecords).toHaveLength(1);
    expect(copies.filter(([, bytes]) => bytes === flaggedBytes)).toHaveLength(1);
  });

  it('every call was played', async () => {
    const scene = arrange();

    await deliver(scene, 1);

    expect(scene.world.log.names.length).toBeLessThanOrEqual(maximumCalls);
  });

  it.each(crashes)(
    'ends the same after a crash $when call $call, and after another one at any call',
    async (first) => {
      const expected = await uninterrupted();
      for (const second of crashes) {
        const scene = arrange();
        watch(scene.world);

        const done = (await deliver(scene, 1, first)) || (await deliver(scene, 2, second));
        const finished = await deliver(scene, done ? 2 : 3);

        expect(finished).toBe(true);
        expect(endState(scene.world)).toEqual(expected);
        // A crash between alert and record repeats a true alert; nothing is ever said that is not true.
        expect(scene.world.alerts.length).toBeGreaterThanOrEqual(1);
        expect(scene.world.alerts.length).toBeLessThanOrEqual(3);
        expect(new Set(scene.world.alerts.map(({ attributes }) => attributes.outcome))).toEqual(
          new Set(['isolated']),
        );
      }
    },
  );
});
