import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isolationKey, releaseKey } from '../../../../../src/core/evidence/keys.ts';
import {
  isReleased,
  mayCarryReleaseMark,
  releaseMark,
} from '../../../../../src/core/evidence/release-records.ts';
import type { Finding, FlaggedObject } from '../../../../../src/core/finding.ts';
import { handleFinding } from '../../../../../src/core/handle-finding.ts';
import { release } from '../../../../../src/core/operate/release/release.ts';
import type { Restorer } from '../../../../../src/core/restorer.ts';
import { arbitraryObject, arbitraryVersionId } from '../../../../support/arbitrary-findings.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../../../support/fake-ports.ts';
import { createFakeRestorer } from '../../../../support/fake-restorer.ts';
import { fakeChecksum, type StoredOverrides, storedObject } from '../../../../support/fake-stored-object.ts';
import {
  finding,
  flaggedBytes,
  flaggedETag,
  flaggedObject,
  messageAbout,
} from '../../../../support/findings.ts';

const object = flaggedObject();
const copyKey = isolationKey(object, 0);
const reason = { who: 'arn:aws:iam::111122223333:role/operator', why: 'test data, no person' };

const handle = ({ ports }: FakeWorld, about: Finding, receiveCount = 1) =>
  handleFinding(messageAbout(about, { receiveCount }), ports, handleSettings());

/** The flagged object is isolated, and an operator stands ready. */
async function isolatedWorld(versioning: 'enabled' | 'suspended' | 'never' = 'never') {
  const world = createFakeWorld(versioning);
  const versionId = world.source.upload(object, flaggedBytes, { metadata: { owner: 'payroll' } });
  const named = versioning === 'enabled' && versionId !== undefined;
  const about = finding({ object: flaggedObject(named ? { versionId } : {}) });
  expect(await handle(world, about)).toMatchObject({ outcome: { name: 'isolated' } });
  const restorer = createFakeRestorer(world);
  const ports = { ...world.ports, restorer };
  return { world, about, restorer, release: () => release(about.object, reason, ports) };
}

describe('a release', () => {
  it.each(['never', 'suspended', 'enabled'] as const)(
    'puts the object back with its own metadata and leaves the copy where it is (versioning: %s)',
    async (versioning) => {
      const { world, about, release } = await isolatedWorld(versioning);

      expect(await release()).toMatchObject({ kind: 'released', eTag: flaggedETag });

      expect(world.log.names).not.toContain('source.hash');
      expect(world.source.read(object)).toMatchObject({
        bytes: flaggedBytes,
        stored: { metadata: { owner: 'payroll', [releaseMark]: 'true' } },
      });
      expect(world.isolation.objects.get(isolationKey(about.object, 0))?.bytes).toBe(flaggedBytes);
    },
  );

  it('says who, why and when, for the identity that was flagged and for the new one', async () => {
    const { world, about, release } = await isolatedWorld('enabled');

    const released = await release();

    const versionId = world.source.read(object)?.versionId ?? '';
    expect(released).toMatchObject({ versionId });
    expect(world.keys('releases/')).toEqual([releaseKey(object, flaggedETag), releaseKey(object, versionId)]);
    const record = world.isolation.objects.get(releaseKey(object, versionId))?.bytes ?? '';
    expect(JSON.parse(record)).toEqual({
      ...reason,
      released_at: expect.stringMatching(/^2026-11-20T20:/),
      finding_id: about.id,
      isolation_key: isolationKey(about.object, 0),
      lost: [],
    });
  });

  it('names the properties that it does not put back, in its answer and in the record', async () => {
    const { world, restorer, release } = await isolatedWorld('enabled');
    restorer.expects = ['tags'];
    restorer.loses = ['content-type', 'tags'];

    const released = await release();

    expect(released).toMatchObject({ lost: ['content-type', 'tags'] });
    const versionId = world.source.read(object)?.versionId ?? '';
    const onRecord = (id: string) =>
      JSON.parse(world.isolation.objects.get(releaseKey(object, id))?.bytes ?? '').lost;
    expect(onRecord(flaggedETag)).toEqual(['tags']);
    expect(onRecord(`${flaggedETag}.lost`)).toEqual(['content-type', 'tags']);
    expect(onRecord(versionId)).toEqual(['content-type', 'tags']);
  });

  it('names what differs on the object that it put back', async () => {
    const { world, release } = await isolatedWorld();
    world.log.on({
      at: 'restorer.restore',
      after() {
        world.source.erase(object);
        world.source.upload(object, flaggedBytes, {
          metadata: { [releaseMark]: 'true' },
          storageClass: 'STANDARD_IA',
          contentHeaders: {},
        });
      },
    });

    expect(await release()).toMatchObject({ lost: ['content-type', 'metadata', 'storage-class'] });
  });

  it('says who released the object again, beside whoever released it first', async () => {
    const { world, about, restorer, release: first } = await isolatedWorld();
    await first();
    world.source.erase(object);
    const second = { who: 'Grace', why: 'needed again' };
    const again = () => release(about.object, second, { ...world.ports, restorer });

    expect(await again()).toMatchObject({ kind: 'released' });
    expect(await again()).toMatchObject({ kind: 'released' });

    const keys = world.keys('releases/');
    const whose = keys.map((key) => JSON.parse(world.isolation.objects.get(key)?.bytes ?? '').who);
    expect(keys.toSorted()).toEqual(
      [
        releaseKey(object, flaggedETag),
        releaseKey(object, flaggedETag, JSON.stringify([second.who, second.why])),
      ].toSorted(),
    );
    expect(new Set(whose)).toEqual(new Set([reason.who, second.who]));
  });

  it('names nobody who finds the object put back already', async () => {
    const { world, about, restorer, release: first } = await isolatedWorld('enabled');
    await first();
    const before = world.keys('releases/');

    const other = { who: 'Grace', why: 'the same object' };
    expect(await release(about.object, other, { ...world.ports, restorer })).toMatchObject({
      kind: 'released',
    });

    expect(world.keys('releases/')).toEqual(before);
  });

  it('is on record before the object is back', async () => {
    const { world, release } = await isolatedWorld();
    let before: string[] = [];
    world.log.on({ at: 'restorer.restore', before: () => void (before = world.keys('releases/')) });

    await release();

    expect(before).toEqual([releaseKey(object, flaggedETag)]);
  });

  it.each(['never', 'suspended', 'enabled'] as const)(
    'is believed by the worker, whatever it is told of the object (versioning: %s)',
    async (versioning) => {
      const { world, about, release } = await isolatedWorld(versioning);
      await release();
      const { versionId } = world.source.read(object) ?? {};
      const again = finding({
        id: 'another-finding-of-the-same-bytes',
        object: flaggedObject(versioning === 'enabled' && versionId !== undefined ? { versionId } : {}),
      });

      expect(await handle(world, again)).toMatchObject({ outcome: { name: 'released' } });
      await handle(world, about, 2);

      expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
    },
  );

  it('whose mark somebody set by himself is none', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes, { metadata: { [releaseMark]: 'true' } });

    expect(await handle(world, finding())).toMatchObject({ outcome: { name: 'isolated' } });
  });

  it('never writes over what lies at the key', async () => {
    const { world, release } = await isolatedWorld();
    world.source.upload(object, 'new bytes of its owner');

    expect(await release()).toEqual({ kind: 'occupied' });

    expect(world.source.read(object)?.bytes).toBe('new bytes of its owner');
    expect(world.keys('releases/')).toEqual([]);
  });

  it.each(['never', 'suspended', 'enabled'] as const)(
    'knows the object that it put back where the answer was lost and S3 refused the repeated call (versioning: %s)',
    async (versioning) => {
      const { world, release } = await isolatedWorld(versioning);
      world.log.on({ at: 'restorer.restore', twice: true });

      expect(await release()).toMatchObject({ kind: 'released', lost: [] });

      expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
      expect(world.keys('releases/')).toHaveLength(versioning === 'enabled' ? 2 : 1);
    },
  );

  it('records the new ETag of an encrypted object whose first answer was lost, and names the loss that it expects', async () => {
    const world = createFakeWorld();
    const about = finding({ object: flaggedObject({ eTag: 'a'.repeat(32) }) });
    world.source.upload(object, flaggedBytes, { eTag: 'a'.repeat(32), md5: undefined });
    await handle(world, about);
    const restorer: Restorer = {
      ...createFakeRestorer(world),
      expectedLoss: async () => ['tags'],
      restore: async ({ metadata, to }) => {
        const marked = { ...metadata, [releaseMark]: 'true' };
        world.source.upload(to, flaggedBytes, { eTag: 'b'.repeat(32), md5: undefined, metadata: marked });
        return 'occupied';
      },
    };

    expect(await release(about.object, reason, { ...world.ports, restorer })).toMatchObject({
      kind: 'released',
      eTag: 'b'.repeat(32),
      lost: ['tags'],
    });

    expect(world.keys('releases/')).toContain(releaseKey(object, 'b'.repeat(32)));
    const next = finding({ id: 'c'.repeat(32), object: flaggedObject({ eTag: 'b'.repeat(32) }) });
    expect(await handle(world, next)).toMatchObject({ outcome: { name: 'released' } });
  });

  it('never writes over what comes to lie there in the middle', async () => {
    const { world, release } = await isolatedWorld();
    world.log.on({ at: 'restorer.restore', before: () => world.source.upload(object, 'new bytes') });

    expect(await release()).toEqual({ kind: 'occupied' });

    expect(world.source.read(object)?.bytes).toBe('new bytes');
  });

  it.each([
    ['with other bytes', 'other bytes', true],
    ['without the mark', flaggedBytes, false],
  ])('takes an object %s for none of its own', async (_, bytes, marked) => {
    const { world, release } = await isolatedWorld();
    world.source.upload(object, bytes, { metadata: marked ? { [releaseMark]: 'true' } : {} });

    expect(await release()).toEqual({ kind: 'occupied' });
  });

  it('does not read an object of another size to know that it is none of its own', async () => {
    const { world, release } = await isolatedWorld();
    const metadata = { [releaseMark]: 'true' };
    world.source.upload(object, 'shorter', { checksum: undefined, metadata });

    expect(await release()).toEqual({ kind: 'occupied' });
    expect(world.log.names).not.toContain('source.hash');
  });

  it('takes an object that carries the mark, the size and a forged CRC for none of its own', async () => {
    const { world, release } = await isolatedWorld();
    const forged = 'x'.repeat(Buffer.byteLength(flaggedBytes));
    const metadata = { [releaseMark]: 'true' };
    const checksum = fakeChecksum(flaggedBytes, 'CRC64NVME');
    world.source.upload(object, forged, { eTag: `${'0'.repeat(32)}-2`, checksum, metadata });

    expect(await release()).toEqual({ kind: 'occupied' });
    expect(world.keys('releases/')).toEqual([]);
  });

  it('compares by reading where no checksum does', async () => {
    const { world, release } = await isolatedWorld();
    const copy = world.isolation.objects.get(copyKey);
    const metadata = copy?.stored.metadata ?? {};
    world.log.on({
      at: 'restorer.restore',
      after() {
        world.source.erase(object);
        world.source.upload(object, flaggedBytes, {
          checksum: undefined,
          metadata: { owner: metadata['owner'] ?? '', [releaseMark]: 'true' },
        });
      },
    });

    expect(await release()).toMatchObject({ kind: 'released' });
    expect(world.log.names).toContain('source.hash');
  });

  it('is not done where what arrived is not what was isolated', async () => {
    const { restorer, release } = await isolatedWorld();
    restorer.arrivesAs = 'a'.repeat(flaggedBytes.length);

    await expect(release()).rejects.toMatchObject({ code: 'RestoreUnverified' });
  });

  it.each([
    ['other bytes of the size, to be compared by reading', 'a'.repeat(flaggedBytes.length)],
    ['nothing any more', undefined],
  ])('is not done where there is, right after it, %s', async (_, bytes) => {
    const { world, release } = await isolatedWorld();
    world.log.on({
      at: 'restorer.restore',
      after() {
        world.source.erase(object);
        const metadata = { [releaseMark]: 'true' };
        if (bytes !== undefined) world.source.upload(object, bytes, { checksum: undefined, metadata });
      },
    });

    await expect(release()).rejects.toMatchObject({ code: 'RestoreUnverified' });
  });

  it.each(['never', 'suspended'] as const)(
    'is on record for the ETag alone where no version id lasts (versioning: %s)',
    async (versioning) => {
      const { world, release } = await isolatedWorld(versioning);

      expect(await release()).not.toHaveProperty('versionId');

      expect(world.keys('releases/')).toEqual([releaseKey(object, flaggedETag)]);
    },
  );

  it('puts back the copy of another finding, where the record of this one names that copy', async () => {
    const { world, about, restorer } = await isolatedWorld('enabled');
    const other = finding({
      id: 'd'.repeat(32),
      object: flaggedObject({ versionId: 'a-version-that-is-gone' }),
    });
    expect(await handle(world, other)).toMatchObject({ outcome: { name: 'already_isolated' } });
    const ports = { ...world.ports, restorer };

    expect(await release(other.object, reason, ports)).toMatchObject({
      kind: 'released',
      copy: { key: isolationKey(about.object, 0) },
    });

    expect(world.source.read(object)?.bytes).toBe(flaggedBytes);
    expect(await release(about.object, reason, ports)).toMatchObject({ kind: 'released' });
    expect(world.source.entries(object).filter(({ isMarker }) => !isMarker)).toHaveLength(1);
  });

  it('refuses a copy that does not verify', async () => {
    const { world, release } = await isolatedWorld();
    const { stored } = world.isolation.objects.get(copyKey) ?? {};
    world.isolation.place(copyKey, 'not what it says', { metadata: stored?.metadata ?? {} });

    expect(await release()).toEqual({ kind: 'no-copy' });
    expect(world.source.read(object)).toBeUndefined();
  });

  it('fails if the copy disappears before the object is put back', async () => {
    const { world, release } = await isolatedWorld();
    world.log.clear();
    world.log.on({ at: 'isolation.head', nth: 2, before: () => world.isolation.objects.delete(copyKey) });

    expect(await release()).toEqual({ kind: 'no-copy' });
    expect(world.keys('releases/')).toEqual([]);
  });

  it('ends the same after a crash before or after any of its calls', async () => {
    const { world: untroubled, release: once } = await isolatedWorld('enabled');
    untroubled.log.clear();
    await once();
    const calls = untroubled.log.names.length;
    for (const when of ['before', 'after'] as const) {
      for (let call = 1; call <= calls; call += 1) {
        const { world, release } = await isolatedWorld('enabled');
        world.log.clear();
        world.log.on({
          at: call,
          [when]() {
            throw new Error('the operator died');
          },
        });
        await expect(release()).rejects.toThrow('the operator died');
        world.log.clear();

        expect(await release()).toMatchObject({ kind: 'released' });

        expect(world.source.entries(object).filter(({ isMarker }) => !isMarker)).toHaveLength(1);
        expect(world.keys('releases/')).toHaveLength(2);
      }
    }
  });
});

describe('release records', () => {
  it.each<[string, boolean, Partial<FlaggedObject>, StoredOverrides]>([
    ['no mark', false, {}, {}],
    ['the mark among the tags that the finding names', true, { releaseMark: true }, {}],
    ['the mark in its metadata', true, {}, { metadata: { [releaseMark]: 'true' } }],
    ['tags as a null version', true, {}, { versionId: 'null', tagCount: 1 }],
    ['no tags as a null version', false, {}, { versionId: 'null', tagCount: 0 }],
    ['its own tags as a version that is named', false, { versionId: 'v1' }, { versionId: 'v1', tagCount: 1 }],
    ['tags as a version that is known by its ETag', true, {}, { versionId: 'v1', tagCount: 1 }],
    ['its own tags without versions', false, {}, { tagCount: 1 }],
  ])('of an object with %s are worth a call: %s', (_, worth, flagged, stored) => {
    const about = { object: flaggedObject(flagged), traits: { objectTags: [{ key: 'team', value: 'hr' }] } };
    expect(mayCarryReleaseMark(about, storedObject(flaggedBytes, stored))).toBe(worth);
  });

  it.each<[string, StoredOverrides, readonly string[]]>([
    ['its ETag where it has no version', {}, [flaggedETag]],
    ['its ETag where its version is null, which identifies nothing', { versionId: 'null' }, [flaggedETag]],
    ['its version and its ETag', { versionId: 'v1' }, ['v1', flaggedETag]],
  ])('are asked for by %s', async (_, overrides, ids) => {
    const { isolation } = createFakeWorld();
    const asked: string[] = [];
    const head: typeof isolation.head = async (key) => void asked.push(key);

    expect(await isReleased(object, storedObject(flaggedBytes, overrides), { ...isolation, head })).toBe(
      false,
    );
    expect(asked).toEqual(ids.map((id) => releaseKey(object, id)));
  });

  it('are marked by a name that objects out there carry already', () => {
    expect(releaseMark).toBe('isolator-released');
  });
});

describe('the keys of release records', () => {
  it('differ wherever account, bucket, key or identity do, and take at most 1,024 bytes', () => {
    const told = ({ accountId, bucket, key }: typeof object, id: string) =>
      JSON.stringify([accountId, bucket, key, id]);
    const twins = fc
      .tuple(arbitraryObject, arbitraryObject)
      .chain(([a, b]) => fc.constantFrom([a, b], [a, { ...a, key: b.key }], [a, { ...b, key: a.key }]));

    fc.assert(
      fc.property(twins, arbitraryVersionId, arbitraryVersionId, fc.boolean(), ([a, b], id, other, same) => {
        if (a === undefined || b === undefined) throw new Error('no twins');
        const second = same ? id : other;
        expect(releaseKey(a, id) === releaseKey(b, second)).toBe(told(a, id) === told(b, second));
        expect(Buffer.byteLength(releaseKey(a, id))).toBeLessThanOrEqual(1024);
      }),
    );
  });
});
