import { describe, expect, it } from 'vitest';
import { RefusedError, RetryableError } from '../../../../src/core/errors.ts';
import { chooseIdentical } from '../../../../src/core/remove/choose-versions.ts';
import { removeFlaggedBytes, removeRemaining } from '../../../../src/core/remove/remove-object.ts';
import { createFakeWorld, type FakeWorld, workOn } from '../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject } from '../../../support/findings.ts';

const object = flaggedObject();
const noteNothing = async () => undefined;

/** A worker died after it put the marker `v2` over the flagged version `v1`, and `v3` was put since. */
function arrange(): FakeWorld {
  const world = createFakeWorld('enabled');
  world.source.upload(object, flaggedBytes);
  world.source.erase(object);
  world.source.upload(object, 'newer, other');
  return world;
}

function remove({ source, ports }: FakeWorld, versionId = 'v1') {
  const flagged = source.read(object, versionId)?.stored;
  if (flagged === undefined) throw new Error('nothing to remove');
  return removeFlaggedBytes(
    object,
    flagged,
    source,
    chooseIdentical(workOn(ports, finding({ object }))),
    noteNothing,
  );
}

/** Another worker or the owner removes what lies over the marker, at this call. */
function bringToLightAt(world: FakeWorld, at: string, nth = 1): void {
  world.log.on({ at, nth, before: () => world.source.drop(object, 'v3') });
}

describe('a marker below the current version that others bring to light', () => {
  it('is named where the flagged version may not be deleted', async () => {
    const world = arrange();
    world.source.refuseDeleteVersion.set('v1', 'locked');
    bringToLightAt(world, 'source.deleteVersion');

    expect(await remove(world)).toStrictEqual({
      kind: 'retained',
      reason: 'locked',
      removedVersions: [],
      remainingVersions: ['v1'],
      uncomparedVersions: [],
      markerVersionId: 'v2',
    });
  });

  it('is named where an identical version is locked', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, flaggedBytes, { lock: 'legal-hold' });
    world.source.erase(object);
    const newest = world.source.upload(object, 'newer, other') ?? '';
    world.log.on({ at: 'source.head', nth: 1, after: () => world.source.drop(object, newest) });

    expect(await remove(world)).toMatchObject({
      kind: 'retained',
      reason: 'legal-hold',
      markerVersionId: 'v3',
    });
  });

  it('is named where a remaining version is locked after the flagged version is gone', async () => {
    const world = createFakeWorld('enabled');
    const { source, ports } = world;
    source.upload(object, flaggedBytes, { lock: 'locked' });
    source.erase(object);
    source.upload(object, 'newer, other');
    bringToLightAt(world, 'source.head');
    const { checksum, eTag, sizeBytes } = source.read(object, 'v1')?.stored ?? {};
    if (checksum === undefined || eTag === undefined || sizeBytes === undefined) throw new Error('unread');

    const removal = removeRemaining(
      object,
      { versionId: 'gone', eTag, sizeBytes, checksum },
      source,
      chooseIdentical(workOn(ports, finding({ object }))),
      noteNothing,
    );

    expect(await removal).toMatchObject({ kind: 'retained', reason: 'locked', markerVersionId: 'v2' });
  });

  it('is named where a marker would need MFA', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.erase(object);
    world.source.upload(object, 'in between, other');
    const newest = world.source.upload(object, flaggedBytes) ?? '';
    world.source.hasMfaDelete = true;
    world.log.on({
      at: 'source.needsMfa',
      after() {
        for (const id of ['v3', newest]) world.source.drop(object, id);
      },
    });

    expect(await remove(world)).toMatchObject({
      kind: 'retained',
      reason: 'mfa-delete',
      markerVersionId: 'v2',
    });
  });

  it('is named where the `null` version cannot be deleted safely', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.source.setVersioning('enabled');
    world.source.erase(object);
    const newest = world.source.upload(object, 'newer, other') ?? '';
    world.source.setVersioning('suspended');
    world.log.on({ at: 'source.versioning', after: () => world.source.drop(object, newest) });

    expect(await remove(world, 'null')).toMatchObject({
      kind: 'retained',
      reason: 'unguardable-null-version',
      markerVersionId: 'v1',
    });
  });

  it('is named without the uncompared versions that others removed since', async () => {
    const world = createFakeWorld('enabled');
    for (const id of ['v1', 'v2', 'v3']) {
      // Nothing can be compared with bytes under KMS that have no checksum.
      world.source.upload(object, flaggedBytes, id === 'v1' ? {} : { eTag: id, checksum: undefined });
    }
    world.source.erase(object);
    world.source.upload(object, 'newer, other');
    world.source.refuseDeleteVersion.set('v1', 'locked');
    world.log.on({
      at: 'source.deleteVersion',
      before() {
        for (const id of ['v3', 'v5']) world.source.drop(object, id);
      },
    });

    expect(await remove(world)).toMatchObject({
      kind: 'retained',
      remainingVersions: ['v2', 'v1'],
      uncomparedVersions: ['v2'],
      markerVersionId: 'v4',
    });
  });

  it('is not named while a version that is no marker is current', async () => {
    const world = arrange();
    world.source.refuseDeleteVersion.set('v1', 'locked');

    expect(await remove(world)).not.toHaveProperty('markerVersionId');
    expect(world.log.names).toStrictEqual(['source.listVersions', 'source.deleteVersion', 'source.head']);
  });

  it('is looked for only where a marker was listed', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.refuseDeleteVersion.set('v1', 'locked');

    expect(await remove(world)).not.toHaveProperty('markerVersionId');
    expect(world.log.names).toStrictEqual(['source.listVersions', 'source.deleteVersion']);
  });

  it('is not named where the marker is gone too', async () => {
    const world = arrange();
    world.source.refuseDeleteVersion.set('v1', 'locked');
    bringToLightAt(world, 'source.deleteVersion');
    world.log.on({ at: 'source.head', after: () => world.source.drop(object, 'v2') });

    expect(await remove(world)).not.toHaveProperty('markerVersionId');
  });

  it('is named from the first listing where the key may not be listed again', async () => {
    const world = arrange();
    world.source.refuseDeleteVersion.set('v1', 'delete-denied');
    bringToLightAt(world, 'source.deleteVersion');
    world.log.on({
      at: 'source.listVersions',
      nth: 2,
      before() {
        throw new RefusedError('access-denied', 'refused');
      },
    });

    expect(await remove(world)).toMatchObject({
      kind: 'retained',
      reason: 'delete-denied',
      markerVersionId: 'v2',
    });
  });

  it('sends the message round again where the key cannot be listed again', async () => {
    const world = arrange();
    world.source.refuseDeleteVersion.set('v1', 'delete-denied');
    bringToLightAt(world, 'source.deleteVersion');
    world.log.on({
      at: 'source.listVersions',
      nth: 2,
      before() {
        throw new RetryableError('SlowDown', 'later');
      },
    });

    await expect(remove(world)).rejects.toMatchObject({ code: 'SlowDown' });
  });

  it('sends the message round again where others removed the flagged version after the refusal', async () => {
    const world = arrange();
    world.source.refuseDeleteVersion.set('v1', 'delete-denied');
    bringToLightAt(world, 'source.deleteVersion');
    world.log.on({ at: 'source.head', after: () => world.source.drop(object, 'v1') });

    await expect(remove(world)).rejects.toMatchObject({ code: 'SourceInFlux' });
  });

  it('sends the message round again where another `null` version took the place of the refused version', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.source.setVersioning('enabled');
    world.source.erase(object);
    const newest = world.source.upload(object, 'newer, other') ?? '';
    world.source.refuseDeleteVersion.set('null', 'delete-denied');
    world.log.on({ at: 'source.deleteVersion', before: () => world.source.drop(object, newest) });
    world.log.on({
      at: 'source.head',
      nth: 2,
      after() {
        world.source.setVersioning('suspended');
        world.source.upload(object, 'put by its owner');
      },
    });

    await expect(remove(world, 'null')).rejects.toMatchObject({ code: 'SourceInFlux' });
  });
});

describe("a worker's own marker", () => {
  it('is reported where taking it away is refused without an answer about the delete', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);
    world.source.refuseDeleteVersion.set('v2', 'delete-denied');
    world.log.on({
      at: 'source.deleteVersion',
      nth: 2,
      before() {
        throw new RefusedError('wrong-owner', 'another account owns the bucket now');
      },
    });

    expect(await remove(world, 'v2')).toMatchObject({
      kind: 'retained',
      reason: 'delete-denied',
      markerVersionId: 'v3',
    });
  });
});
