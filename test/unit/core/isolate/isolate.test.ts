import { describe, expect, it } from 'vitest';
import { RefusedError, RetryableError } from '../../../../src/core/errors.ts';
import { identicalNoteKey, isolationKey, recordKey, releaseKey } from '../../../../src/core/evidence/keys.ts';
import { metadataWithProvenance, provenanceOf } from '../../../../src/core/evidence/provenance.ts';
import type { Finding } from '../../../../src/core/finding.ts';
import { isolate } from '../../../../src/core/isolate/isolate.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../../support/fake-ports.ts';
import { fakeChecksum, storedObject } from '../../../support/fake-stored-object.ts';
import { finding, flaggedBytes, flaggedObject, md5Hex } from '../../../support/findings.ts';

const object = flaggedObject();
const settings = handleSettings();
const run = ({ ports }: FakeWorld, about: Finding = finding()) => isolate(about, ports, settings);

function placeCopy({ isolation }: FakeWorld, findingId = finding().id, bytes = flaggedBytes): void {
  const stored = storedObject(flaggedBytes);
  const checksum = fakeChecksum(flaggedBytes, 'CRC64NVME');
  const provenance = provenanceOf(finding({ id: findingId }), stored, checksum, new Date(0), '1.0.0');
  const metadata = metadataWithProvenance(storedObject(''), provenance) ?? {};
  isolation.place(isolationKey(object, 0), bytes, { metadata });
}

const placeRecord = ({ isolation }: FakeWorld) =>
  isolation.place(
    recordKey(finding(), { name: 'isolated' }),
    JSON.stringify({
      finding_id: finding().id,
      account_id: object.accountId,
      bucket: object.bucket,
      key: object.key,
      version_id: null,
      etag: object.eTag,
    }),
  );

describe('isolate', () => {
  it('copies the object, verifies the copy, then deletes the source', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);

    const done = await run(world);

    expect(done).toMatchObject({
      outcome: { name: 'isolated' },
      source: { eTag: object.eTag },
      copy: { key: isolationKey(object, 0), madeNow: true },
      removal: { kind: 'removed' },
    });
    expect(done.removedAt).toBeInstanceOf(Date);
    expect(world.source.entries(object)).toStrictEqual([]);
    expect(world.isolation.objects.get(isolationKey(object, 0))?.bytes).toBe(flaggedBytes);
    expect(world.log.names).toStrictEqual(['source.head', 'isolation.copy', 'source.plainDelete']);
    expect(world.steps).toStrictEqual(['identify', 'verify', 'copy', 'verify', 'delete']);
  });

  it('tells how long a step took that failed, too', async () => {
    const world = createFakeWorld();
    world.log.on({ at: 'source.head', before: fail(new RetryableError('SlowDown', 'later')) });

    const steps: unknown[] = [];
    const observer = {
      ...world.ports.observer,
      stepDone: (...step: [string, number]) => void steps.push(step),
    };

    const done = isolate(finding(), { ...world.ports, observer }, settings);

    await expect(done).rejects.toMatchObject({ code: 'SlowDown' });
    expect(steps).toStrictEqual([['identify', 1]]);
  });

  it('takes a region that the finding does not name for that of the isolation bucket', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    const { region: _, ...homeless } = object;

    expect(await run(world, finding({ object: homeless }))).toMatchObject({ outcome: { name: 'isolated' } });
  });

  it('refuses another region without a call', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);

    expect(await run(world, finding({ object: flaggedObject({ region: 'eu-central-1' }) }))).toStrictEqual({
      outcome: { name: 'refused', reason: 'cross-region' },
    });
    expect(world.log.names).toStrictEqual([]);
  });

  it('passes on as refused what a port refuses', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'isolation.copy', before: fail(new RefusedError('source-key-unusable', 'disabled')) });

    expect(await run(world)).toMatchObject({
      outcome: { name: 'refused', reason: 'source-key-unusable' },
      source: { eTag: object.eTag },
    });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
  });

  it('keeps the source when the copy cannot be verified', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.isolation.corruptCopies = 2;

    expect(await run(world)).toMatchObject({ outcome: { name: 'refused', reason: 'verification-failed' } });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
    expect(world.log.names).not.toContain('source.plainDelete');
  });

  it('keeps the copy, and says retained, where the source cannot be removed', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.source.refusePlainDelete = 'delete-denied';

    expect(await run(world)).toMatchObject({
      outcome: { name: 'retained', reason: 'delete-denied' },
      copy: { key: isolationKey(object, 0) },
    });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
  });

  it('removes bytes that came back after another finding had isolated them', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    placeCopy(world, 'another');

    expect(await run(world)).toMatchObject({
      outcome: { name: 'isolated' },
      copy: { madeNow: false, provenance: { findingId: 'another' } },
    });
    expect(world.source.entries(object)).toStrictEqual([]);
  });
});

describe('versions beside the flagged one', () => {
  it.each([
    ['flagged', ['v3'], ['v2', 'v1'], ['v1'], 1],
    ['identical', ['v1', 'v3'], ['v2'], [], 1],
    ['all', ['v2', 'v1', 'v3'], [], [], 3],
  ] as const)(
    'go where SOURCE_VERSIONS is %s: %j, and %j stay, of which %j may hold the flagged bytes',
    async (sourceVersions, removedVersions, remainingVersions, uncomparedVersions, copies) => {
      const world = createFakeWorld('enabled');
      for (const bytes of [flaggedBytes, 'other', flaggedBytes]) world.source.upload(object, bytes);
      const about = finding({ object: flaggedObject({ versionId: 'v3' }) });

      expect(await isolate(about, world.ports, handleSettings({ sourceVersions }))).toMatchObject({
        outcome: { name: 'isolated' },
        removal: { removedVersions, remainingVersions, uncomparedVersions },
      });
      expect(world.keys('objects/')).toHaveLength(copies);
    },
  );

  it('are compared by the digest that proved the copy where S3 keeps none of the flagged version', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes, { checksum: fakeChecksum(flaggedBytes, 'SHA256') });
    world.source.upload(object, flaggedBytes, {
      checksum: undefined,
      eTag: md5Hex('encrypted with a KMS key'),
    });
    const about = finding({ object: flaggedObject({ eTag: md5Hex('encrypted with a KMS key') }) });

    expect(await run(world, about)).toMatchObject({
      outcome: { name: 'isolated' },
      removal: { removedVersions: ['v1', 'v2'], remainingVersions: [], uncomparedVersions: [] },
    });
    expect(world.keys('objects/')).toHaveLength(1);
  });

  it('leave no marker where all go, the current one last', async () => {
    const world = createFakeWorld('enabled');
    for (const bytes of ['older, other', flaggedBytes]) world.source.upload(object, bytes);
    const about = finding({ object: flaggedObject({ versionId: 'v2' }) });

    await isolate(about, world.ports, handleSettings({ sourceVersions: 'all' }));

    expect(world.source.entries(object)).toStrictEqual([]);
  });

  it('go with SOURCE_VERSIONS=all where they cannot be copied, and lead to the copy that there is', async () => {
    const world = createFakeWorld('enabled');
    for (const bytes of [flaggedBytes, flaggedBytes]) world.source.upload(object, bytes);
    const denied = fail(new RefusedError('access-denied', 'no'));
    world.log.on({ at: 'isolation.copy', nth: 2, before: denied });
    const about = finding({ object: flaggedObject({ versionId: 'v2' }) });

    await isolate(about, world.ports, handleSettings({ sourceVersions: 'all' }));

    expect(world.source.entries(object)).toStrictEqual([]);
    expect(world.keys('provenance/identical/')).toHaveLength(1);
  });

  it('go with their ETag where SOURCE_VERSIONS is flagged and the finding has it alone', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes, { eTag: md5Hex('the same bytes in parts') });
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, flaggedBytes);

    expect(
      await isolate(finding(), world.ports, handleSettings({ sourceVersions: 'flagged' })),
    ).toMatchObject({
      outcome: { name: 'isolated' },
      removal: { removedVersions: ['v2', 'v3'], remainingVersions: ['v1'] },
    });
  });

  it('are noted with the place of their bytes, but not the null version, which its ETag names', async () => {
    const named = createFakeWorld('enabled');
    const unnamed = createFakeWorld('suspended');
    for (const world of [named, unnamed]) {
      world.source.upload(object, flaggedBytes);
      expect(await run(world)).toMatchObject({ outcome: { name: 'isolated' } });
    }

    expect(named.keys('provenance/identical/')).toHaveLength(1);
    expect(unnamed.keys('provenance/identical/')).toStrictEqual([]);
  });
});

describe('bytes that a person released', () => {
  it('stay though nothing at the source says so, since their copy is there', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    placeCopy(world);
    world.isolation.place(releaseKey(object, object.eTag ?? ''), '{}');

    expect(await run(world)).toMatchObject({
      outcome: { name: 'released' },
      source: { eTag: object.eTag },
      copy: { key: isolationKey(object, 0) },
    });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
  });

  it('are said to be released also where the versions of their key may not be listed', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    placeCopy(world);
    world.isolation.place(releaseKey(object, object.eTag ?? ''), '{}');
    const denied = fail(new RefusedError('access-denied', 'no'));
    world.log.on({ at: 'source.listVersions', before: denied });

    expect((await run(world)).outcome).toStrictEqual({ name: 'released' });
  });
});

describe('flagged bytes that are not at the source', () => {
  it.each([
    ['gone', () => undefined],
    ['overwritten', (world: FakeWorld) => world.source.upload(object, 'other')],
  ])('are already isolated where another finding has the copy: %s', async (_, arrange) => {
    const world = createFakeWorld();
    arrange(world);
    placeCopy(world, 'another');

    expect(await run(world)).toMatchObject({
      outcome: { name: 'already_isolated' },
      copy: { madeNow: false },
    });
  });

  it('are already isolated, and what remains of the key is looked up for the record', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    await run(world, finding({ id: 'another' }));
    world.source.upload(object, 'newer, other');

    expect(await run(world)).toMatchObject({
      outcome: { name: 'already_isolated' },
      removal: { kind: 'untouched', removedVersions: [], remainingVersions: ['v2'] },
    });
  });

  it('are retained where a version identical to them may not be removed', async () => {
    const world = createFakeWorld('enabled');
    const versionId = world.source.upload(object, flaggedBytes) ?? '';
    const about = finding({ object: flaggedObject({ versionId }) });
    await run(world, about);
    world.source.upload(object, flaggedBytes, { lock: 'legal-hold' });

    expect(await run(world, about)).toMatchObject({
      outcome: { name: 'retained', reason: 'legal-hold' },
      copy: { key: isolationKey(about.object, 0), madeNow: false },
      removal: {
        kind: 'retained',
        reason: 'legal-hold',
        removedVersions: [],
        remainingVersions: ['v2'],
        uncomparedVersions: [],
      },
    });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
  });

  it('are already isolated where this finding has both copy and record', async () => {
    const world = createFakeWorld();
    placeCopy(world);
    placeRecord(world);

    expect(await run(world)).toMatchObject({ outcome: { name: 'already_isolated' } });
  });

  it('are isolated where this finding has the copy but no record: a crash cut it short', async () => {
    const world = createFakeWorld();
    placeCopy(world);

    expect(await run(world)).toMatchObject({
      outcome: { name: 'isolated' },
      removal: { kind: 'removed', removedVersions: ['null'], remainingVersions: [], uncomparedVersions: [] },
    });
  });

  describe('objects whose removal a crash cut short', () => {
    async function cutShort(listing?: Error, isNamed = true) {
      const world = createFakeWorld('enabled');
      world.source.upload(object, 'older, other');
      const versionId = world.source.upload(object, flaggedBytes) ?? '';
      const about = finding({ object: flaggedObject(isNamed ? { versionId } : {}) });
      world.log.on({ at: 'source.deleteVersion', after: fail(new Error('the worker died')) });
      await expect(run(world, about)).rejects.toThrow('the worker died');
      if (listing) world.log.on({ at: 'source.listVersions', before: fail(listing) });
      return run(world, about);
    }

    it.each([
      ['version id', true],
      ['ETag', false],
    ])('are isolated, and what remains is looked up for the record: known by %s', async (_, isNamed) => {
      expect(await cutShort(undefined, isNamed)).toMatchObject({
        outcome: { name: 'isolated' },
        removal: {
          kind: 'removed',
          removedVersions: ['v2'],
          remainingVersions: ['v1'],
          uncomparedVersions: [],
          markerVersionId: 'v3',
        },
      });
    });

    it('are retained where listing is refused by now: nobody knows what remains', async () => {
      const done = await cutShort(new RefusedError('access-denied', 'refused'));

      expect(done).toMatchObject({
        outcome: { name: 'retained', reason: 'delete-denied' },
        copy: { madeNow: false },
        unseen: true,
      });
      expect(done).not.toHaveProperty('removal');
    });

    it('are looked for again where listing fails', async () => {
      await expect(cutShort(new RetryableError('SlowDown', 'later'))).rejects.toMatchObject({
        code: 'SlowDown',
      });
    });
  });

  it('are changed where other bytes lie there and there is no copy', async () => {
    const world = createFakeWorld();
    world.source.upload(object, 'other');

    expect(await run(world)).toStrictEqual({ outcome: { name: 'changed' } });
    expect(world.source.read(object)?.bytes).toBe('other');
  });

  it('are changed, not isolated, where the copy that lies there does not verify', async () => {
    const world = createFakeWorld();
    world.source.upload(object, 'other');
    placeCopy(world, finding().id, 'something else');

    expect(await run(world)).toStrictEqual({ outcome: { name: 'changed' } });
  });

  it('end as gone if neither the object nor a copy exists', async () => {
    expect(await run(createFakeWorld())).toStrictEqual({
      outcome: { name: 'gone', reason: 'source-absent' },
    });
  });

  it.each<[string, Error, object]>([
    [
      'are refused where there is no bucket, of which HEAD says the same',
      new RefusedError('no-such-bucket', 'gone'),
      { name: 'refused', reason: 'no-such-bucket' },
    ],
    [
      'are not known to be gone where versions may not be listed, of which another may have the ETag',
      new RefusedError('access-denied', 'no'),
      { name: 'refused', reason: 'access-denied' },
    ],
  ])('%s (a version is named)', async (_, listing, outcome) => {
    const world = createFakeWorld('enabled');
    world.log.on({ at: 'source.listVersions', before: fail(listing) });
    const about = finding({ object: flaggedObject({ versionId: 'v1' }) });

    expect(await run(world, about)).toStrictEqual({ outcome });
  });

  it('are gone, copy-unverified, where the copy that is there does not verify', async () => {
    const world = createFakeWorld();
    placeCopy(world, finding().id, 'something else');

    expect(await run(world)).toStrictEqual({ outcome: { name: 'gone', reason: 'copy-unverified' } });
  });
});

describe('a condition that is not met in the middle', () => {
  it('is changed where the object was overwritten before the copy', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'isolation.copy', before: () => world.source.upload(object, 'other') });

    expect(await run(world)).toStrictEqual({ outcome: { name: 'changed' } });
    expect(world.source.read(object)?.bytes).toBe('other');
    expect(world.keys('objects/')).toStrictEqual([]);
  });

  it('is gone where the object was deleted before the copy', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'isolation.copy', before: () => world.source.erase(object) });

    expect(await run(world)).toStrictEqual({ outcome: { name: 'gone', reason: 'source-absent' } });
  });

  it('is changed, and the copy stays, where the object was overwritten between copy and delete', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'isolation.copy', after: () => world.source.upload(object, 'other') });

    expect(await run(world)).toMatchObject({ outcome: { name: 'changed' }, copy: { madeNow: true } });
    expect(world.source.read(object)?.bytes).toBe('other');
    expect(world.keys('objects/')).toHaveLength(1);
  });

  it('is already isolated where another worker was faster with its copy and the object was overwritten since', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'isolation.copy', before: () => placeCopy(world, 'another') });
    world.log.on({ at: 'source.plainDelete', before: () => world.source.upload(object, 'other') });

    expect(await run(world)).toMatchObject({ outcome: { name: 'already_isolated' } });
    expect(world.source.read(object)?.bytes).toBe('other');
  });

  it.each(['isolation.copy', 'source.plainDelete'])(
    'is isolated where it was our own success at %s',
    async (at) => {
      const world = createFakeWorld();
      world.source.upload(object, flaggedBytes);
      world.log.on({ at, twice: true });

      expect(await run(world)).toMatchObject({ outcome: { name: 'isolated' } });
      expect(world.source.entries(object)).toStrictEqual([]);
      expect(world.keys('objects/')).toHaveLength(1);
    },
  );

  it('is isolated where identical versions were removed before the flagged one was overwritten', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.setVersioning('suspended');
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.plainDelete', before: () => world.source.upload(object, 'other') });

    expect(await run(world)).toMatchObject({
      outcome: { name: 'isolated' },
      copy: { madeNow: true },
      removal: { kind: 'vanished', removedVersions: ['v1'] },
    });
    expect(world.source.entries(object).map(({ bytes }) => bytes)).toStrictEqual(['other']);
  });

  it('comes again where the source is as it was', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: 'source.plainDelete', before: () => world.source.upload(object, 'other') });
    world.log.on({ at: 'source.plainDelete', after: () => world.source.upload(object, flaggedBytes) });

    await expect(run(world)).rejects.toMatchObject({
      code: 'SourceInFlux',
      message: 'the flagged bytes are there, although an earlier look or call missed them',
    });
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
  });
});

describe('a source that cannot be asked', () => {
  const refused = (reason: RefusedError['reason']) => ({ outcome: { name: 'refused', reason } });

  it.each<[RefusedError['reason'], string, (world: FakeWorld) => void, object]>([
    ['access-denied', 'there is no copy', () => undefined, refused('access-denied')],
    ['no-such-bucket', 'there is no copy', () => undefined, refused('no-such-bucket')],
    [
      'no-such-bucket',
      'the copy does not verify',
      (world) => placeCopy(world, finding().id, 'something else'),
      refused('no-such-bucket'),
    ],
    ['wrong-owner', 'there is no copy', () => undefined, refused('wrong-owner')],
    // Another account has a bucket of this name now, and ours was emptied before.
    ['wrong-owner', 'this finding has the copy but no record', placeCopy, { outcome: { name: 'isolated' } }],
    [
      'wrong-owner',
      'this finding has both',
      (world) => [placeCopy(world), placeRecord(world)],
      { outcome: { name: 'already_isolated' } },
    ],
    [
      'access-denied',
      'this finding has the copy but no record',
      placeCopy,
      { outcome: { name: 'retained', reason: 'delete-denied' }, copy: { madeNow: false } },
    ],
    [
      'access-denied',
      'this finding has both',
      (world) => [placeCopy(world), placeRecord(world)],
      { outcome: { name: 'already_isolated' }, copy: { madeNow: false } },
    ],
    // Another account may have made a bucket of this name, in another region or one whose readers pay.
    ...(['no-role', 'cross-region', 'requester-pays'] as const).map(
      (reason): [RefusedError['reason'], string, (world: FakeWorld) => void, object] => [
        reason,
        'this finding has the copy but no record',
        placeCopy,
        { outcome: { name: 'retained', reason: 'delete-denied' }, copy: { madeNow: false }, unseen: true },
      ],
    ),
    [
      'no-such-bucket',
      'this finding has the copy but no record',
      placeCopy,
      { outcome: { name: 'isolated' } },
    ],
    [
      'no-such-bucket',
      'another finding has the copy',
      (world) => placeCopy(world, 'another'),
      { outcome: { name: 'already_isolated' } },
    ],
  ])('for the reason %s, where %s', async (reason, _, arrange, ending) => {
    const world = createFakeWorld();
    arrange(world);
    world.log.on({ at: 'source.head', before: fail(new RefusedError(reason, 'refused')) });

    expect(await run(world)).toMatchObject(ending);
  });
});

describe('a flagged version', () => {
  const inVersion = (versionId: string) => finding({ object: flaggedObject({ versionId }) });

  it('is isolated by its id though it is no longer current', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, 'newer, other');

    expect(await run(world, inVersion('v1'))).toMatchObject({ outcome: { name: 'isolated' } });
    expect(world.source.entries(object).map(({ versionId }) => versionId)).toStrictEqual(['v2']);
  });

  it('is changed where it is gone and another is current', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, 'newer, other');

    expect(await run(world, inVersion('gone'))).toStrictEqual({ outcome: { name: 'changed' } });
  });

  it('is not touched where it is locked, though its copy is made', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes, { lock: 'legal-hold' });

    expect(await run(world, inVersion('v1'))).toMatchObject({
      outcome: { name: 'retained', reason: 'legal-hold' },
    });
    expect(world.keys('objects/')).toHaveLength(1);
    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
  });
});

function fail(error: Error) {
  return () => {
    throw error;
  };
}

describe('a unit of the budget', () => {
  /** How many units come back from an isolation that fails at this call. */
  async function givenBackAfter(call: string): Promise<number> {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.log.on({ at: call, after: fail(new RetryableError('SlowDown', 'later')) });
    let givenBack = 0;
    const budget = { take: async () => ({ giveBack: () => void givenBack++ }) };

    await expect(isolate(finding(), { ...world.ports, budget }, settings)).rejects.toThrow('later');
    return givenBack;
  }

  it('comes back where the copy fails', async () => {
    expect(await givenBackAfter('isolation.copy')).toBe(1);
  });

  it('is spent where the removal fails, which may have removed the object', async () => {
    expect(await givenBackAfter('source.plainDelete')).toBe(0);
  });
});

describe('the note that leads other findings to a copy', () => {
  it('is not written for an object without versions', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);

    await run(world);

    expect(world.keys('')).toStrictEqual([isolationKey(object, 0)]);
  });

  it('names the version that was removed where the finding names none', async () => {
    const world = createFakeWorld('enabled');
    const versionId = world.source.upload(object, flaggedBytes) ?? '';

    await run(world);

    const note = world.isolation.objects.get(identicalNoteKey(flaggedObject({ versionId })));
    expect(JSON.parse(note?.bytes ?? '')).toStrictEqual({
      isolationKey: isolationKey(object, 0),
      eTag: object.eTag,
    });
  });
});

describe('an object that a person put back', () => {
  const byMark = finding({ object: flaggedObject({ releaseMark: true }) });

  it('costs no listing in a bucket without versions', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.isolation.place(releaseKey(object, object.eTag ?? ''), '{}');

    expect((await run(world, byMark)).outcome).toStrictEqual({ name: 'released' });
    expect(world.log.names).toStrictEqual(['source.head', 'isolation.head']);
  });

  it('has no removal in its record where no marker hides it', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.isolation.place(releaseKey(object, object.eTag ?? ''), '{}');

    expect(await run(world, byMark)).not.toHaveProperty('removal');
  });

  it('has the marker in its record that hides it', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.erase(object);
    world.isolation.place(releaseKey(object, object.eTag ?? ''), '{}');

    expect((await run(world, byMark)).removal).toStrictEqual({
      kind: 'untouched',
      removedVersions: [],
      remainingVersions: ['v1'],
      uncomparedVersions: [],
      markerVersionId: 'v2',
    });
  });
});

describe('SOURCE_VERSIONS=flagged', () => {
  it('removes what remains with the ETag of a finding that names no version', async () => {
    const world = createFakeWorld('enabled');
    world.source.upload(object, flaggedBytes);
    world.source.upload(object, flaggedBytes);
    world.log.on({
      at: 'source.deleteVersion',
      nth: 1,
      before: fail(new RetryableError('SlowDown', 'later')),
    });
    const flaggedOnly = { ...settings, sourceVersions: 'flagged' } as const;
    await expect(isolate(finding(), world.ports, flaggedOnly)).rejects.toThrow('later');
    // The version that was flagged goes by its owner's hand.
    world.source.drop(object, 'v2');

    const done = await isolate(finding(), world.ports, flaggedOnly);

    expect(done.outcome).toStrictEqual({ name: 'isolated' });
    expect(world.source.entries(object)).toStrictEqual([]);
  });
});
