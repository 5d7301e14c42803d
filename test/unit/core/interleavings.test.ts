import { describe, expect, it } from 'vitest';
import { RefusedError } from '../../../src/core/errors.ts';
import { isolationKeys, releaseKey } from '../../../src/core/evidence/keys.ts';
import { handleFinding } from '../../../src/core/handle-finding.ts';
import { createFakeWorld, handleSettings } from '../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedETag, flaggedObject, messageAbout } from '../../support/findings.ts';

const object = flaggedObject();
const [firstKey] = isolationKeys(object);
const sameSize = flaggedBytes.replaceAll('1', '2');

/** About this version; with an id of its own for each. */
function about(versionId: string) {
  const object = flaggedObject({ versionId });
  return messageAbout(finding({ id: `finding-${versionId}`, object }));
}

/** The version ids of the key, newest first. */
function left({ source }: ReturnType<typeof createFakeWorld>) {
  return source.entries(object).map(({ versionId, isMarker }) => (isMarker ? 'marker' : versionId));
}

describe('findings about versions with the same bytes', () => {
  it('find the one copy, and neither is told that the object is gone', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, flaggedBytes);
    await handleFinding(about('v2'), world.ports, handleSettings());

    const second = await handleFinding(about('v1'), world.ports, handleSettings());

    expect(second).toMatchObject({ outcome: { name: 'already_isolated' }, alert: 'none' });
    expect(world.keys('objects/')).toHaveLength(1);
  });

  it('by version finds what was isolated by its ETag', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    await handleFinding(messageAbout(finding({ object })), world.ports, handleSettings());

    const second = await handleFinding(about('v1'), world.ports, handleSettings());

    expect(second.outcome).toStrictEqual({ name: 'already_isolated' });
  });

  it('remove what an owner left who removed the flagged version alone', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, flaggedBytes);
    world.log.on({
      at: 'source.listVersions',
      before() {
        throw new Error('the worker dies');
      },
      nth: 1,
    });
    await expect(handleFinding(about('v2'), world.ports, handleSettings())).rejects.toThrow();
    await world.ports.sourceBuckets.deleteVersion(object, 'v2');

    const again = await handleFinding({ ...about('v2'), receiveCount: 2 }, world.ports, handleSettings());

    expect(again).toMatchObject({
      outcome: { name: 'isolated' },
      isolation: { removal: { removedVersions: ['v1'] } },
    });
    expect(left(world)).toStrictEqual([]);
  });

  it('are all meant where the finding has an ETag alone, also with SOURCE_VERSIONS=flagged', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, flaggedBytes);
    const settings = handleSettings({ sourceVersions: 'flagged' });

    await handleFinding(messageAbout(finding({ object })), world.ports, settings);

    expect(left(world)).toStrictEqual([]);
  });
});

describe('our delete marker', () => {
  it('stays where another worker has removed what it hides, though the next delete is refused', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);
    world.source.refuseDeleteVersion.set('v1', 'locked');
    // Another worker relies on the marker and deletes the current version.
    world.log.on({ at: 'source.deleteVersion', nth: 1, before: () => world.source.drop(object, 'v3') });

    const { outcome } = await handleFinding(about('v3'), world.ports, handleSettings());

    expect(outcome).toStrictEqual({ name: 'retained', reason: 'locked' });
    expect(left(world)).toStrictEqual(['marker', 'v2', 'v1']);
    expect(world.records()['retained']).toMatchObject({ delete_marker_version_id: 'v4' });
  });

  it('is named where HEAD shows the lock', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes, { lock: 'legal-hold' });
    world.source.erase(object);

    await handleFinding(about('v1'), world.ports, handleSettings());

    expect(world.records()['retained']).toMatchObject({ delete_marker_version_id: 'v2' });
  });

  it('is told of though the record of an earlier delivery knows nothing of it', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes, { lock: 'locked' });
    await handleFinding(about('v1'), world.ports, handleSettings());
    world.source.erase(object);

    const again = await handleFinding({ ...about('v1'), receiveCount: 2 }, world.ports, handleSettings());

    expect(again.alert).toBe('sent');
    expect(world.alerts.at(-1)?.email).toContain('hidden by delete marker: v2');
  });

  it('keeps older bytes from surfacing while SOURCE_VERSIONS=all removes one after the other', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, sameSize);
    const readable: (string | undefined)[] = [];
    world.log.afterEach(() => readable.push(world.source.read(object)?.bytes));
    const settings = handleSettings({ sourceVersions: 'all' });

    await handleFinding(about('v1'), world.ports, settings);

    expect(readable).not.toContain(flaggedBytes);
    expect(left(world)).toStrictEqual(['marker']);
  });
});

describe('an object that a person put back', () => {
  it('is released also where the first copy cannot be compared with it', async () => {
    const world = createFakeWorld();
    world.isolation.place(firstKey, flaggedBytes, { checksum: undefined, sizeBytes: 1 });
    world.isolation.place(releaseKey(object, flaggedETag), '{}');
    world.source.upload(object, flaggedBytes);

    const { outcome } = await handleFinding(messageAbout(finding({ object })), world.ports, handleSettings());

    expect(outcome).toStrictEqual({ name: 'released' });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
  });

  it('is looked for by the tags of a null version, whose copy may lie under another version', async () => {
    const world = createFakeWorld('suspended');
    world.source.upload(object, flaggedBytes, { tagCount: 1 });
    world.isolation.place(releaseKey(object, flaggedETag), '{}');

    const { outcome } = await handleFinding(messageAbout(finding({ object })), world.ports, handleSettings());

    expect(outcome).toStrictEqual({ name: 'released' });
  });

  it.each(['identical', 'all'] as const)('is no version to go with another: %s', async (sourceVersions) => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, flaggedBytes);
    world.isolation.place(releaseKey(object, 'v2'), '{}');

    await handleFinding(about('v1'), world.ports, handleSettings({ sourceVersions }));

    expect(left(world)).toStrictEqual(['v2']);
  });
});

describe('an object that changes under our hands', () => {
  it('is found by its ETag under another version where the first goes between listing and look', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, flaggedBytes);
    world.source.erase(object);
    world.log.on({ at: 'source.head', nth: 2, before: () => world.source.drop(object, 'v2') });

    const { outcome } = await handleFinding(messageAbout(finding({ object })), world.ports, handleSettings());

    expect(outcome).toStrictEqual({ name: 'isolated' });
    expect(left(world)).toStrictEqual(['marker']);
  });

  it('is not said to be retained where its version is gone', async () => {
    const world = createFakeWorld('suspended');
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.listVersions', before: () => world.source.drop(object, 'null') });

    const { outcome } = await handleFinding(messageAbout(finding({ object })), world.ports, handleSettings());

    expect(outcome.name).not.toBe('retained');
  });

  it('keeps a null version that was replaced since the listing: SOURCE_VERSIONS=all', async () => {
    const world = createFakeWorld('suspended');
    world.source.upload(object, 'older, other');
    world.source.setVersioning('enabled');
    world.source.upload(object, flaggedBytes);
    const settings = handleSettings({ sourceVersions: 'all' });
    world.log.on({
      at: 'source.head',
      nth: 2,
      before() {
        world.source.setVersioning('suspended');
        world.source.upload(object, 'new bytes of its owner');
      },
    });

    await handleFinding(about('v1'), world.ports, settings).catch(() => undefined);

    expect(world.source.read(object, 'null')?.bytes).toBe('new bytes of its owner');
    // Nor is what nobody flagged taken a copy of.
    expect([...world.isolation.objects.values()].map(({ bytes }) => bytes)).not.toContain(
      'new bytes of its owner',
    );
  });
});

describe('a delete marker of a worker that died', () => {
  /** Below an identical version that the owner put since, above a flagged one that may not be deleted. */
  function arrange() {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.erase(object);
    world.source.upload(object, flaggedBytes);
    world.source.refuseDeleteVersion.set('v1', 'locked');
    return world;
  }

  it('is named once it comes to light and hides what could not be removed', async () => {
    const world = arrange();

    const { isolation } = await handleFinding(about('v1'), world.ports, handleSettings());

    expect(left(world)).toStrictEqual(['marker', 'v1']);
    expect(isolation).toMatchObject({
      outcome: { name: 'retained', reason: 'locked' },
      removal: { removedVersions: ['v3'], markerVersionId: 'v2' },
    });
  });

  it('is not named where its owner put something above it', async () => {
    const world = arrange();
    world.log.on({
      at: 'source.deleteVersion',
      nth: 2,
      before: () => world.source.upload(object, 'new bytes of its owner'),
    });

    const { isolation } = await handleFinding(about('v1'), world.ports, handleSettings());

    expect(isolation?.removal?.markerVersionId).toBeUndefined();
  });
});

describe('a refusal after our marker was put', () => {
  it('takes the marker away again, or names it', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);
    world.log.on({
      at: 'source.deleteVersion',
      nth: 1,
      before() {
        throw new RefusedError('no-role', 'taken away in the middle');
      },
    });

    const { isolation } = await handleFinding(about('v2'), world.ports, handleSettings());

    expect(isolation?.outcome).toStrictEqual({ name: 'retained', reason: 'delete-denied' });
    expect(left(world)).toStrictEqual(['v2', 'v1']);
    expect(isolation?.removal).not.toHaveProperty('markerVersionId');
  });

  it('names the marker where even that cannot be looked at', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);
    const refuse = () => {
      throw new RefusedError('no-role', 'taken away in the middle');
    };
    world.log.on({ at: 'source.deleteVersion', before: refuse });
    world.log.on({ at: 'source.head', nth: 2, before: refuse });

    const { isolation } = await handleFinding(about('v2'), world.ports, handleSettings());

    expect(isolation?.removal).toMatchObject({ kind: 'retained', markerVersionId: 'v3' });
  });
});

describe('an alert', () => {
  it('does not say that data is exposed where the source could not be asked', async () => {
    const world = createFakeWorld();
    world.log.on({
      at: 'source.head',
      before() {
        throw new Error('away');
      },
    });

    await handleFinding(
      { ...messageAbout(finding({ object })), receiveCount: 20 },
      world.ports,
      handleSettings(),
    );

    expect(world.alerts[0]?.email).toContain('may still be readable');
    expect(world.alerts[0]?.subject).toContain('may NOT be isolated');
  });
});
