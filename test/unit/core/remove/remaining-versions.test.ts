import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../../src/core/errors.ts';
import { isolationKeys } from '../../../../src/core/evidence/keys.ts';
import { handleFinding } from '../../../../src/core/handle-finding.ts';
import { createFakeWorld, handleSettings } from '../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject, message, messageAbout } from '../../../support/findings.ts';
import { refuse } from '../../../support/handling.ts';

const object = flaggedObject();
const [firstKey] = isolationKeys(object);
const sameSize = flaggedBytes.replaceAll('1', '2');
const fail = () => {
  throw new RetryableError('SlowDown', 'later');
};

describe('a refusal at the source after the copy is verified', () => {
  it.each([
    ['listing versions', 'source.listVersions', 'access-denied'],
    ['listing versions', 'source.listVersions', 'requester-pays'],
    ['asking whether the bucket is versioned', 'source.versioning', 'access-denied'],
  ] as const)('is retained, not refused: %s (%s) meets %s', async (_, at, reason) => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.source.setVersioning('enabled');
    world.log.on({ at, nth: 1, before: refuse(reason) });

    const handled = await handleFinding(message(), world.ports, handleSettings());

    expect(world.keys('objects/')).toHaveLength(1);
    expect(handled).toMatchObject({
      outcome: { name: 'retained', reason: 'delete-denied' },
      isolation: { copy: { key: firstKey } },
    });
  });

  it('of one other version leaves that one uncompared and removes the flagged one', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, sameSize);
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.head', nth: 2, before: refuse('sse-c') });

    const handled = await handleFinding(message(), world.ports, handleSettings());

    expect(handled).toMatchObject({
      outcome: { name: 'isolated' },
      isolation: { removal: { removedVersions: ['v2'], uncomparedVersions: ['v1'] } },
    });
  });
});

describe('our delete marker', () => {
  it('is not left behind unnamed where a fault comes after it and the delete is refused later', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.deleteVersion', nth: 1, before: fail });
    await expect(handleFinding(message(), world.ports, handleSettings())).rejects.toThrow();
    world.source.refuseDeleteVersion.set('v2', 'delete-denied');

    const second = await handleFinding(message({ receiveCount: 2 }), world.ports, handleSettings());

    expect(second.outcome).toMatchObject({ name: 'retained' });
    const isHidden = world.source.read(object) === undefined;
    expect(world.records()['retained']?.delete_marker_version_id !== null).toBe(isHidden);
  });

  it('stays, named, where an identical version was removed and another would surface without it', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, 'in between, other');
    world.source.upload(object, flaggedBytes);
    world.source.refuseDeleteVersion.set('v1', 'delete-denied');
    const about = messageAbout(finding({ object: flaggedObject({ versionId: 'v1' }) }));

    const handled = await handleFinding(about, world.ports, handleSettings());

    expect(handled.outcome).toMatchObject({ name: 'retained' });
    expect(world.source.read(object)?.bytes).not.toBe('in between, other');
    expect(world.records()['retained']?.delete_marker_version_id).toBe('v4');
  });

  it('is not put where nothing would surface, since a marker lies below', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'older, other');
    world.source.erase(object);
    world.source.upload(object, flaggedBytes);

    await handleFinding(message(), world.ports, handleSettings());

    expect(world.source.entries(object).map(({ versionId }) => versionId)).toEqual(['v2', 'v1']);
  });
});

describe('a null version', () => {
  it('that a PUT replaced during the copy is not deleted, though versioning is enabled by then', async () => {
    const world = createFakeWorld('suspended');
    world.source.upload(object, flaggedBytes);
    world.log.on({
      at: 'isolation.copy',
      after() {
        world.source.upload(object, 'new bytes of its owner');
        world.source.setVersioning('enabled');
      },
    });

    const handled = await handleFinding(message(), world.ports, handleSettings());

    expect(handled.outcome).toEqual({ name: 'changed' });
    expect(world.source.read(object)?.bytes).toBe('new bytes of its owner');
  });

  it('that is current and alone in a suspended bucket is deleted plainly with If-Match', async () => {
    const world = createFakeWorld('suspended');
    world.source.upload(object, flaggedBytes);

    const handled = await handleFinding(message(), world.ports, handleSettings());

    expect(handled.outcome).toEqual({ name: 'isolated' });
    expect(world.source.read(object)).toBeUndefined();
  });
});

describe('the record of what is retained', () => {
  it('names a locked version among those that remain', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes, { lock: 'locked' });

    await handleFinding(message(), world.ports, handleSettings());

    expect(world.records()['retained']?.remaining_versions).toEqual(['v1']);
  });
});
