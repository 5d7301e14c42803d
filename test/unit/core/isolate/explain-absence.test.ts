import { describe, expect, it } from 'vitest';
import { noteIdentical } from '../../../../src/core/evidence/identical-versions.ts';
import { isolationKey } from '../../../../src/core/evidence/keys.ts';
import { metadataWithProvenance, provenanceOf } from '../../../../src/core/evidence/provenance.ts';
import type { Finding } from '../../../../src/core/finding.ts';
import { handleFinding } from '../../../../src/core/handle-finding.ts';
import { explainAbsence, explainVanishing } from '../../../../src/core/isolate/explain-absence.ts';
import { isolate } from '../../../../src/core/isolate/isolate.ts';
import type { IsolatedCopy, Removal } from '../../../../src/core/isolation.ts';
import { chooseNone } from '../../../../src/core/remove/choose-versions.ts';
import { createFakeWorld, type FakeWorld, handleSettings, workOn } from '../../../support/fake-ports.ts';
import { fakeChecksum, storedObject } from '../../../support/fake-stored-object.ts';
import {
  finding,
  flaggedBytes,
  flaggedETag,
  flaggedObject,
  flaggedVersion,
  messageAbout,
} from '../../../support/findings.ts';
import { refuse } from '../../../support/handling.ts';

const object = flaggedObject({ versionId: 'v1' });
const madeAt = new Date('2026-11-20T19:50:00.000Z');

/** A verified copy in the isolation bucket, at this key. */
function placeCopy({ isolation }: FakeWorld, about: Finding, key: string, from = 'v1'): IsolatedCopy {
  const checksum = fakeChecksum(flaggedBytes, 'CRC64NVME');
  const stored = { ...storedObject(flaggedBytes), versionId: from };
  const provenance = provenanceOf(about, stored, checksum, madeAt, '1.0.0');
  isolation.place(key, flaggedBytes, {
    checksum,
    metadata: metadataWithProvenance(storedObject(''), provenance) ?? {},
  });
  return { key, provenance, madeNow: true };
}

const vanished: Removal = {
  kind: 'vanished',
  removedVersions: [],
  remainingVersions: [],
  uncomparedVersions: [],
};

/** The flagged version was gone when this handling wanted to delete it, and other bytes are current. */
function explain(
  world: FakeWorld,
  copy: IsolatedCopy,
  about = finding({ object }),
  removedVersions: readonly string[] = [],
) {
  const work = { ...workOn(world.ports, about), chooseRemaining: chooseNone, choosePutAgain: chooseNone };
  return explainVanishing(work, { copy, removal: { ...vanished, removedVersions } });
}

function overwritten(): FakeWorld {
  const world = createFakeWorld('enabled');
  world.source.upload(object, flaggedBytes);
  world.source.upload(object, 'other bytes');
  world.source.drop(object, 'v1');
  return world;
}

describe('an object that is overwritten after this handling copied it', () => {
  const first = isolationKey(object, 0);
  const second = isolationKey(object, 1);

  it('is changed where this copy is the only one', async () => {
    const world = overwritten();
    const copy = placeCopy(world, finding({ object }), first);

    expect(await explain(world, copy)).toStrictEqual({
      outcome: { name: 'changed' },
      source: {
        sizeBytes: flaggedBytes.length,
        versionId: 'v1',
        lastModified: storedObject('').lastModified,
        storageClass: 'STANDARD',
      },
      copy,
      removal: {
        kind: 'untouched',
        removedVersions: [],
        remainingVersions: ['v2'],
        uncomparedVersions: [],
      },
    });
  });

  it('was isolated by another worker that made the first copy, between that copy and now', async () => {
    const world = overwritten();
    placeCopy(world, finding({ object }), first);
    const own = placeCopy(world, finding({ object }), second);

    expect(await explain(world, own)).toMatchObject({
      outcome: { name: 'already_isolated' },
      copy: { key: first, madeNow: false },
      source: { versionId: 'v1' },
      removal: { kind: 'untouched', remainingVersions: ['v2'] },
      removedBetween: { notBefore: madeAt, notAfter: expect.any(Date) },
    });
  });

  it('was isolated under another identity where such a copy has the same ETag', async () => {
    const world = overwritten();
    const own = placeCopy(world, finding({ object }), first);
    const other = isolationKey(flaggedObject({ versionId: 'v0' }), 0);
    placeCopy(world, finding({ id: 'f'.repeat(32) }), other);

    expect(await explain(world, own)).toMatchObject({
      outcome: { name: 'already_isolated' },
      copy: { key: other },
    });
  });

  it('was isolated for another finding where its note leads a finding without ETag to that copy', async () => {
    const world = overwritten();
    const about = finding({ object: flaggedVersion('v1') });
    const own = placeCopy(world, about, isolationKey(about.object, 0));
    const byETag = finding({ id: 'f'.repeat(32), object: flaggedObject() });
    const other = placeCopy(world, byETag, isolationKey(byETag.object, 0));
    await noteIdentical(
      byETag.object,
      other,
      world.ports.isolationBucket,
    )({ versionId: 'v1', eTag: flaggedETag });

    expect(await explain(world, own, about)).toMatchObject({
      outcome: { name: 'already_isolated' },
      copy: { key: other.key },
    });
  });

  it.each([
    { may: 'be listed', marker: undefined, left: ['v2'], unknown: [] },
    { may: 'not be listed', marker: 'm1', left: ['v2', 'v0'], unknown: ['v0'] },
  ])('whose other versions went first, and the key may $may: names the marker $marker', async (now) => {
    const world = overwritten();
    const copy = placeCopy(world, finding({ object }), first);
    if (now.may === 'not be listed')
      world.log.on({ at: 'source.listVersions', before: refuse('access-denied') });
    const work = {
      ...workOn(world.ports, finding({ object })),
      chooseRemaining: chooseNone,
      choosePutAgain: chooseNone,
    };
    const removal: Removal = {
      kind: 'vanished',
      removedVersions: ['v3'],
      remainingVersions: ['v2', 'v0'],
      uncomparedVersions: ['v0'],
      markerVersionId: 'm1',
    };

    const { outcome, removal: told } = await explainVanishing(work, { copy, removal });

    expect(outcome).toStrictEqual({ name: 'isolated' });
    expect(told).toStrictEqual({
      kind: 'vanished',
      removedVersions: ['v3'],
      remainingVersions: now.left,
      uncomparedVersions: now.unknown,
      ...(now.marker && { markerVersionId: now.marker }),
    });
  });

  it('says nothing about versions where the source may not be listed', async () => {
    const world = overwritten();
    placeCopy(world, finding({ object }), first);
    const own = placeCopy(world, finding({ object }), second);
    world.log.on({ at: 'source.listVersions', before: refuse('access-denied') });

    expect(await explain(world, own)).not.toHaveProperty('removal');
  });

  it.each([
    ['this ETag', 'SourceInFlux'],
    ['no ETag', undefined],
  ])('comes again where the same bytes were put again meanwhile: the finding has %s', async (has, code) => {
    const world = overwritten();
    const about = finding({ object: has === 'no ETag' ? flaggedVersion('v1') : object });
    const copy = placeCopy(world, about, isolationKey(about.object, 0));
    // After the versions that remain were looked for.
    world.log.on({
      at: 'source.listVersions',
      nth: 1,
      after: () => world.source.upload(object, flaggedBytes),
    });

    const explained = explain(world, copy, about);

    if (code !== undefined) return expect(explained).rejects.toMatchObject({ code });
    const { outcome, removal } = await explained;
    expect(outcome).toStrictEqual({ name: 'changed' });
    expect(removal).toMatchObject({ remainingVersions: ['v3', 'v2'], uncomparedVersions: ['v3'] });
  });

  it.each(['enabled', 'never'] as const)(
    'names what was put under another ETag since the versions were compared: versioning %s',
    async (versioning) => {
      const world = createFakeWorld(versioning);
      world.source.upload(object, 'other bytes, and more');
      const about = finding({ object: versioning === 'enabled' ? object : flaggedObject() });
      const copy = placeCopy(world, about, isolationKey(about.object, 0), 'v0');
      world.log.on({
        at: 'source.listVersions',
        nth: 1,
        after: () => world.source.upload(object, flaggedBytes, { eTag: 'b'.repeat(32) }),
      });

      const { outcome, removal } = await explain(world, copy, about);

      expect(outcome).toStrictEqual({ name: 'changed' });
      expect(removal?.uncomparedVersions).toStrictEqual([versioning === 'enabled' ? 'v2' : 'null']);
    },
  );

  it('says that nobody could look where the key may not be listed any more', async () => {
    const world = overwritten();
    const copy = placeCopy(world, finding({ object }), first);
    world.log.on({ at: 'source.listVersions', nth: 2, before: refuse('access-denied') });

    expect(await explain(world, copy)).toMatchObject({
      outcome: { name: 'changed' },
      unseen: true,
      removal: { remainingVersions: ['v2'] },
    });
  });

  it('names what remains in a bucket that was missing in the first listing alone', async () => {
    const world = overwritten();
    const copy = placeCopy(world, finding({ object }), first);
    world.log.on({ at: 'source.listVersions', nth: 1, before: refuse('no-such-bucket') });

    expect(await explain(world, copy)).toMatchObject({
      outcome: { name: 'changed' },
      removal: { kind: 'untouched', remainingVersions: ['v2'] },
    });
  });

  it('comes again where the flagged version is there after all', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    const copy = placeCopy(world, finding({ object }), first);

    await expect(explain(world, copy)).rejects.toMatchObject({ code: 'SourceInFlux' });
  });

  it('says that nobody could look after identical versions were removed', async () => {
    const world = overwritten();
    const copy = placeCopy(world, finding({ object }), first);
    world.log.on({ at: 'source.listVersions', nth: 1, before: refuse('access-denied') });

    expect(await explain(world, copy, finding({ object }), ['v0'])).toMatchObject({
      outcome: { name: 'isolated' },
      unseen: true,
      removal: { removedVersions: ['v0'] },
    });
  });

  it('does not take a marker for the same bytes put again', async () => {
    const world = overwritten();
    const copy = placeCopy(world, finding({ object }), first);
    world.source.erase(object);
    world.source.upload(object, 'newest, other');

    expect((await explain(world, copy)).outcome).toStrictEqual({ name: 'changed' });
  });
});

describe('a source that may not be read', () => {
  it('is retained where its bytes have a copy under a version id, and the finding has an ETag alone', async () => {
    const world = createFakeWorld('enabled');
    placeCopy(world, finding({ id: 'f'.repeat(32) }), isolationKey(object, 0));
    world.log.on({ at: 'source.head', before: refuse('access-denied') });

    expect(await isolate(finding(), world.ports, handleSettings())).toMatchObject({
      outcome: { name: 'retained', reason: 'delete-denied' },
      copy: { key: isolationKey(object, 0) },
    });
  });

  it('is refused without a look for its copy where its isolation cannot be the cause', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    placeCopy(world, finding(), isolationKey(flaggedObject(), 0));
    world.log.on({ at: 'source.head', before: refuse('sse-c') });

    expect(await isolate(finding(), world.ports, handleSettings())).toStrictEqual({
      outcome: { name: 'refused', reason: 'sse-c' },
    });
    expect(world.log.names).toStrictEqual(['source.head', 'source.listVersions']);
  });

  it('is finished where others have put there what cannot be read', async () => {
    const world = createFakeWorld();
    placeCopy(world, finding(), isolationKey(flaggedObject(), 0));
    world.source.upload(object, 'other bytes of other size');
    world.log.on({ at: 'source.head', before: refuse('sse-c') });

    expect(await isolate(finding(), world.ports, handleSettings())).toMatchObject({
      outcome: { name: 'isolated' },
      copy: { key: isolationKey(flaggedObject(), 0) },
    });
  });

  it('keeps the versions in the record that were removed and seen before the refusal', async () => {
    const world = createFakeWorld();
    const { source } = world;
    const checksum = fakeChecksum(flaggedBytes, 'SHA256');
    source.upload(object, flaggedBytes, { checksum });
    source.setVersioning('enabled');
    source.upload(object, 'other bytes');
    source.upload(object, flaggedBytes, { checksum, eTag: `${'a'.repeat(32)}-2` });
    // The identical version is removed, then the `null` version is replaced, and nothing may be read.
    world.log.on({
      at: 'source.versioning',
      nth: 2,
      before() {
        source.setVersioning('suspended');
        source.upload(object, 'new bytes of its owner');
      },
      after: () => world.log.on({ at: 'source.head', before: refuse('access-denied') }),
    });

    const handled = await handleFinding(messageAbout(finding()), world.ports, handleSettings());

    expect(handled).toMatchObject({
      outcome: { name: 'retained', reason: 'delete-denied' },
      isolation: {
        unseen: true,
        removal: { kind: 'vanished', removedVersions: ['v2'], remainingVersions: ['v1', 'null'] },
      },
    });
  });
});

describe('an object that is gone', () => {
  it('names as removed no version that its copy was made from and that is still there', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, flaggedBytes);
    world.source.drop(object, 'v1');
    const about = finding({ object: flaggedVersion('v1') });
    // Another finding of this id had the ETag, and its copy was made from v2.
    placeCopy(world, about, isolationKey(about.object, 0), 'v2');

    const isolated = await isolate(about, world.ports, handleSettings({ sourceVersions: 'flagged' }));

    expect(isolated).toMatchObject({
      outcome: { name: 'isolated' },
      removal: { removedVersions: ['v1'], remainingVersions: ['v2'] },
    });
  });

  it('names no version as removed where all that may be meant are still there', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    const about = finding({ object: flaggedObject({ eTag: 'e'.repeat(32) }) });
    const copy = placeCopy(world, about, isolationKey(about.object, 0), 'v1');
    const work = { ...workOn(world.ports, about), chooseRemaining: chooseNone, choosePutAgain: chooseNone };

    const explained = await explainAbsence(work, { kind: 'absent', found: { kind: 'verified', copy } });

    expect(explained).toMatchObject({ removal: { removedVersions: [], remainingVersions: ['v1'] } });
  });

  it('is looked for again in a second listing where the finding names no version', async () => {
    const world = createFakeWorld();

    expect((await isolate(finding(), world.ports, handleSettings())).outcome).toStrictEqual({
      name: 'gone',
      reason: 'source-absent',
    });
    expect(world.log.names.filter((name) => name === 'source.listVersions')).toHaveLength(2);
  });

  it('was removed between the copy of another finding and now', async () => {
    const world = createFakeWorld();
    placeCopy(world, finding({ id: 'f'.repeat(32) }), isolationKey(flaggedObject(), 0));

    expect(await isolate(finding(), world.ports, handleSettings())).toMatchObject({
      outcome: { name: 'already_isolated' },
      removedBetween: { notBefore: madeAt, notAfter: expect.any(Date) },
    });
  });
});
