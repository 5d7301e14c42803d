import { describe, expect, it } from 'vitest';
import { RefusedError } from '../../../../src/core/errors.ts';
import { identicalNoteKey, isolationKey } from '../../../../src/core/evidence/keys.ts';
import { metadataWithProvenance, provenanceOf } from '../../../../src/core/evidence/provenance.ts';
import { locate } from '../../../../src/core/isolate/locate-object.ts';
import { createFakeWorld, type FakeWorld } from '../../../support/fake-ports.ts';
import { fakeChecksum, storedObject } from '../../../support/fake-stored-object.ts';
import { finding, flaggedBytes, flaggedObject, flaggedVersion, md5Hex } from '../../../support/findings.ts';
import { refuse } from '../../../support/handling.ts';

const object = flaggedObject();

describe('what others put there so that it cannot be read', () => {
  /** HEAD is refused for these versions, and for the current object if it is one of them. */
  function unreadable(
    world: FakeWorld,
    reason: RefusedError['reason'],
    ids: readonly (string | undefined)[],
  ) {
    const { ports, source } = world;
    const head: typeof source.head = async (at, versionId) => {
      if (ids.includes(source.read(at, versionId)?.versionId)) throw new RefusedError(reason, 'refused');
      return source.head(at, versionId);
    };
    return { ...ports, sourceBuckets: { ...source, head } };
  }

  it.each(['source-key-unusable', 'sse-c', 'unverifiable-size'] as const)(
    'hides no flagged version under it: %s',
    async (reason) => {
      const world = createFakeWorld('enabled');
      const versionId = world.source.upload(object, flaggedBytes);
      const ports = unreadable(world, reason, [world.source.upload(object, 'other')]);

      expect(await locate(object, ports)).toMatchObject({ kind: 'flagged', stored: { versionId } });
    },
  );

  it('is changed where the flagged bytes are gone', async () => {
    const world = createFakeWorld();
    world.source.upload(object, 'other');

    expect(await locate(object, unreadable(world, 'sse-c', [undefined]))).toStrictEqual({ kind: 'changed' });
  });

  it('is changed where the version that the finding names is gone, even if its ETag is the flagged one', async () => {
    const world = createFakeWorld('enabled');
    const flagged = flaggedVersion('v9');
    const ports = unreadable(world, 'sse-c', [world.source.upload(object, flaggedBytes)]);

    expect(await locate(flagged, ports)).toMatchObject({ kind: 'changed' });
  });

  it('is absent where a delete marker lies there by now', async () => {
    const world = createFakeWorld('enabled');
    const ports = unreadable(world, 'sse-c', [world.source.upload(object, 'other')]);
    world.log.on({ at: 'source.listVersions', nth: 1, before: () => world.source.erase(object) });

    expect(await locate(object, ports)).toStrictEqual({ kind: 'absent' });
  });

  it('is refused where it has the flagged ETag', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);

    await expect(locate(object, unreadable(world, 'sse-c', [undefined]))).rejects.toMatchObject({
      reason: 'sse-c',
    });
  });

  it('is refused where the versions may not be listed', async () => {
    const world = createFakeWorld();
    world.source.upload(object, 'other');
    world.log.on({ at: 'source.listVersions', before: refuse('access-denied') });

    await expect(locate(object, unreadable(world, 'sse-c', [undefined]))).rejects.toMatchObject({
      reason: 'sse-c',
    });
  });

  it.each(['access-denied', 'no-such-bucket', 'wrong-owner'] as const)(
    'is not looked for by a listing where the refusal does not show that it is there: %s',
    async (reason) => {
      const world = createFakeWorld();
      world.source.upload(object, 'other');

      await expect(locate(object, unreadable(world, reason, [undefined]))).rejects.toMatchObject({ reason });
      expect(world.log.names).toStrictEqual([]);
    },
  );
});

describe('locate, by ETag', () => {
  it('finds the current object with one call', async () => {
    const { ports, source, log } = createFakeWorld();
    source.upload(object, flaggedBytes);

    expect(await locate(object, ports)).toMatchObject({ kind: 'flagged', stored: { eTag: object.eTag } });
    expect(log.names).toStrictEqual(['source.head']);
  });

  it('says changed where an unversioned bucket holds other bytes, and only after a listing', async () => {
    const { ports, source, log } = createFakeWorld();
    source.upload(object, 'other');

    expect(await locate(object, ports)).toStrictEqual({ kind: 'changed' });
    expect(log.names).toStrictEqual(['source.head', 'source.listVersions']);
  });

  it('says absent for an empty bucket', async () => {
    const { ports } = createFakeWorld();

    expect(await locate(object, ports)).toStrictEqual({ kind: 'absent' });
  });

  it('finds a version that is no longer current', async () => {
    const { ports, source } = createFakeWorld('enabled');
    const versionId = source.upload(object, flaggedBytes);
    source.upload(object, 'other');

    expect(await locate(object, ports)).toMatchObject({ kind: 'flagged', stored: { versionId } });
  });

  it('finds a version behind a delete marker', async () => {
    const { ports, source } = createFakeWorld('enabled');
    const versionId = source.upload(object, flaggedBytes);
    source.erase(object);

    expect(await locate(object, ports)).toMatchObject({ kind: 'flagged', stored: { versionId } });
  });

  it('says changed or absent where no version has these bytes', async () => {
    const { ports, source } = createFakeWorld('enabled');
    source.upload(object, 'other');

    expect(await locate(object, ports)).toStrictEqual({ kind: 'changed' });

    source.erase(object);

    expect(await locate(object, ports)).toStrictEqual({ kind: 'absent' });
  });

  it('looks again at the version listed, which may be another by then', async () => {
    const { ports, source, log } = createFakeWorld('suspended');
    source.upload(object, flaggedBytes);
    source.setVersioning('enabled');
    source.upload(object, 'other');
    source.setVersioning('suspended');
    log.on({ at: 'source.listVersions', after: () => source.upload(object, 'replaces the null version') });

    expect(await locate(object, ports)).toStrictEqual({ kind: 'changed' });
  });
});

describe('locate, by ETag, where HEAD lacks a version that is listed', () => {
  /** HEAD answers 404 for everything but the named versions. */
  const showing = ({ ports, source }: FakeWorld, ...shown: readonly string[]) => ({
    ...ports,
    sourceBuckets: {
      ...source,
      head: async (at: typeof object, versionId?: string) =>
        versionId !== undefined && shown.includes(versionId) ? source.head(at, versionId) : undefined,
    },
  });

  it.each(['never', 'enabled'] as const)('does not say absent: versioning %s', async (versioning) => {
    const world = createFakeWorld(versioning);
    world.source.upload(object, flaggedBytes);

    await expect(locate(object, showing(world))).rejects.toMatchObject({ code: 'SourceInFlux' });
  });

  it('finds another version with the ETag', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, flaggedBytes);

    expect(await locate(object, showing(world, 'v1'))).toMatchObject({
      kind: 'flagged',
      stored: { versionId: 'v1' },
    });
  });

  it('says absent where the version is not listed any more: the next delivery sees that', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.listVersions', nth: 1, after: () => world.source.drop(object, 'v1') });

    await expect(locate(object, showing(world))).rejects.toMatchObject({ code: 'SourceInFlux' });
    expect(await locate(object, showing(world))).toStrictEqual({ kind: 'absent' });
  });

  it('looks only for versions with the ETag', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'other');
    world.source.erase(object);

    expect(await locate(object, showing(world))).toStrictEqual({ kind: 'absent' });
  });

  it('does not say absent where the version that the finding names is gone, and another one has its ETag', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);

    const located = locate(flaggedObject({ versionId: 'gone' }), showing(world));

    await expect(located).rejects.toMatchObject({ code: 'SourceInFlux' });
  });
});

describe('locate, by version id', () => {
  it('finds the version, current or not, and does not guess at others', async () => {
    const { ports, source, log } = createFakeWorld('enabled');
    const versionId = source.upload(object, flaggedBytes) ?? '';
    source.upload(object, flaggedBytes);

    expect(await locate(flaggedVersion(versionId), ports)).toMatchObject({
      kind: 'flagged',
      stored: { versionId },
    });
    expect(log.names).toStrictEqual(['source.head']);
  });

  it('says changed where the version has other bytes than the finding says', async () => {
    const { ports, source } = createFakeWorld('enabled');
    const versionId = source.upload(object, 'other') ?? '';

    expect(await locate(flaggedObject({ versionId }), ports)).toMatchObject({ kind: 'changed' });
  });

  it('says changed where the version is gone and no other has its ETag, or the finding has none', async () => {
    const { ports, source } = createFakeWorld('enabled');
    source.upload(object, flaggedBytes);

    const other = flaggedObject({ versionId: 'gone', eTag: md5Hex('x') });
    expect(await locate(flaggedVersion('gone'), ports)).toMatchObject({ kind: 'changed' });
    expect(await locate(other, ports)).toMatchObject({ kind: 'changed' });
  });

  it.each([
    ['gone', undefined],
    ['there with other bytes', 'other'],
  ])('finds the version that has the ETag where the one named is %s', async (_, bytes) => {
    const { ports, source } = createFakeWorld('enabled');
    const named = source.upload(object, bytes ?? flaggedBytes) ?? '';
    const again = source.upload(object, flaggedBytes);
    source.upload(object, 'newer');
    if (bytes === undefined) source.drop(object, named);

    expect(await locate(flaggedObject({ versionId: named }), ports)).toMatchObject({
      kind: 'flagged',
      stored: { versionId: again },
    });
  });

  it('says absent where the version is gone and the key shows nothing', async () => {
    const { ports, source } = createFakeWorld('enabled');
    source.upload(object, 'other');
    source.erase(object);

    expect(await locate(flaggedVersion('gone'), ports)).toMatchObject({ kind: 'absent' });
  });
});

describe('locate, by version id, where the copy of the finding was made from another version', () => {
  /** The copy at this key, made from this version: `v1` by default, as the finding names it. */
  function arrange({ key = isolationKey(named, 0), from }: { key?: string; from?: string } = {}) {
    const world = createFakeWorld('enabled');
    const checksum = fakeChecksum(flaggedBytes, 'CRC64NVME');
    const stored = { ...storedObject(flaggedBytes), ...(from !== undefined && { versionId: from }) };
    const provenance = provenanceOf(finding({ object: named }), stored, checksum, new Date(0), '1.0.0');
    const metadata = metadataWithProvenance(storedObject(''), provenance) ?? {};
    world.isolation.place(key, flaggedBytes, { checksum, metadata });
    world.source.upload(object, 'oldest, other');
    return world;
  }
  const named = flaggedObject({ versionId: 'gone' });

  it('finds that version', async () => {
    const { ports, source } = arrange({ from: 'v2' });
    source.upload(object, flaggedBytes);

    expect(await locate(named, ports)).toMatchObject({ kind: 'flagged', stored: { versionId: 'v2' } });
  });

  it('takes no other version with the ETag where the copy was made from the named one', async () => {
    const { ports, source, log } = arrange({ from: 'gone' });
    source.upload(object, flaggedBytes);

    expect(await locate(named, ports)).toMatchObject({ kind: 'changed', found: { kind: 'verified' } });
    expect(log.names).toStrictEqual(['source.head', 'isolation.head', 'source.head']);
  });

  it('takes no other version where the copy does not know from which version it was made', async () => {
    const { ports, source } = arrange();
    source.upload(object, flaggedBytes);

    expect(await locate(named, ports)).toMatchObject({ kind: 'changed' });
  });

  it('does not take a `null` version that was replaced since', async () => {
    const { ports, source } = arrange({ from: 'null' });
    source.setVersioning('suspended');
    source.upload(object, 'new bytes of its owner');

    expect(await locate(named, ports)).toMatchObject({ kind: 'changed' });
  });

  it('leaves the version alone from which the copy for another finding was made', async () => {
    const other = isolationKey(flaggedObject({ versionId: 'v2' }), 0);
    const { ports, source, isolation } = arrange({ key: other, from: 'v2' });
    source.upload(object, flaggedBytes);
    const note = { isolationKey: other, eTag: object.eTag };
    isolation.place(identicalNoteKey(named), JSON.stringify(note));

    expect(await locate(named, ports)).toMatchObject({ kind: 'changed', found: { kind: 'verified' } });
  });
});
