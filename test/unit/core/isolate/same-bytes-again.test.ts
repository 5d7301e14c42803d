import { describe, expect, it } from 'vitest';
import { RefusedError } from '../../../../src/core/errors.ts';
import { isolationKey, releaseKey } from '../../../../src/core/evidence/keys.ts';
import type { Finding } from '../../../../src/core/finding.ts';
import { type HandleSettings, handleFinding } from '../../../../src/core/handle-finding.ts';
import type { Message } from '../../../../src/core/message.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject, messageAbout } from '../../../support/findings.ts';

const object = flaggedObject();
const settingsOf = ['flagged', 'identical', 'all'] as const;
const about = (versionId: string | undefined, id: string, more: Partial<Finding['object']> = {}) =>
  finding({ id, object: flaggedObject({ ...(versionId !== undefined && { versionId }), ...more }) });
const handle = (
  { ports }: FakeWorld,
  subject: Finding,
  settings: Partial<HandleSettings> = {},
  delivery: Partial<Message> = {},
) => handleFinding(messageAbout(subject, delivery), ports, handleSettings(settings));
const id = (digit: number) => String(digit).repeat(32);
const crash = () => {
  throw new Error('crash');
};
const texts = ({ source }: FakeWorld) =>
  source.entries(object).map(({ isMarker, bytes }) => (isMarker ? 'marker' : bytes));

/** The version that the finding names is gone for good; the same file was put again, and something else after it. */
function putAgain({ hidden = false } = {}) {
  const world = createFakeWorld('enabled');
  const named = world.source.upload(object, flaggedBytes) ?? '';
  const again = world.source.upload(object, flaggedBytes) ?? '';
  world.source.drop(object, named);
  if (hidden) world.source.erase(object);
  return { world, again, flagged: about(named, id(1)) };
}

describe.each(settingsOf)('the same bytes under another version id, SOURCE_VERSIONS=%s', (sourceVersions) => {
  it.each([{ hidden: false }, { hidden: true }])('are isolated, hidden by a marker: $hidden', async (how) => {
    const { world, again, flagged } = putAgain(how);

    expect((await handle(world, flagged, { sourceVersions })).outcome).toStrictEqual({ name: 'isolated' });
    expect(texts(world)).toStrictEqual(how.hidden ? ['marker'] : []);
    expect(world.isolation.objects.get(isolationKey(flagged.object, 0))?.bytes).toBe(flaggedBytes);
    expect(world.records()['isolated']).toMatchObject({
      source_version_id: again,
      removed_versions: [again],
      isolation_key: isolationKey(flagged.object, 0),
    });
  });

  it('are isolated after a crash at any call, and the record names what was removed', async () => {
    const { world: whole, flagged: first } = putAgain();
    await handle(whole, first, { sourceVersions });
    for (let call = 1; call <= whole.log.names.length; call += 1) {
      const { world, again, flagged } = putAgain();
      world.log.on({ at: call, after: crash });
      await handle(world, flagged, { sourceVersions }).catch(() => undefined);
      world.log.clear();
      await handle(world, flagged, { sourceVersions }, { receiveCount: 2 });

      expect(texts(world)).toStrictEqual([]);
      expect(world.records()['isolated']).toMatchObject({
        source_version_id: again,
        removed_versions: [again],
      });
    }
  });

  it('leave word for a finding that names the version that was there', async () => {
    const { world, again, flagged } = putAgain();
    await handle(world, flagged, { sourceVersions });

    const later = await handle(world, about(again, id(2)), { sourceVersions });

    expect(later.outcome.name).toBe('already_isolated');
    expect(later.isolation?.copy?.key).toBe(isolationKey(flagged.object, 0));
  });

  it('stay where a person put them back', async () => {
    const { world, again, flagged } = putAgain();
    world.isolation.place(releaseKey(object, again), '{}');

    expect((await handle(world, flagged, { sourceVersions })).outcome.name).toBe('released');
    expect(texts(world)).toStrictEqual([flaggedBytes]);
  });
});

describe('the same bytes put again between copy and delete', () => {
  const putAgainAt = (world: FakeWorld, named: string, more: string[] = []) =>
    world.log.on({
      at: 'isolation.copy',
      after: () => {
        world.source.drop(object, named);
        for (const bytes of [flaggedBytes, ...more]) world.source.upload(object, bytes);
      },
    });

  it.each(
    settingsOf.flatMap((sourceVersions) => [
      { sourceVersions, more: [] as string[] },
      { sourceVersions, more: ['other'] },
    ]),
  )('are isolated, SOURCE_VERSIONS=$sourceVersions, below $more', async ({ sourceVersions, more }) => {
    const world = createFakeWorld('enabled');
    const named = world.source.upload(object, flaggedBytes) ?? '';
    putAgainAt(world, named, more);

    const handled = await handle(world, about(named, id(1)), { sourceVersions });

    expect(handled.outcome).toStrictEqual({ name: 'isolated' });
    expect(texts(world)).toStrictEqual(more);
    expect(world.records()['isolated']).toMatchObject({ removed_versions: ['v2'] });
  });

  it('stay where a person put them back', async () => {
    const world = createFakeWorld('enabled');
    const named = world.source.upload(object, flaggedBytes) ?? '';
    putAgainAt(world, named);
    world.isolation.place(releaseKey(object, 'v2'), '{}');

    await handle(world, about(named, id(1)), { sourceVersions: 'flagged' }).catch(() => undefined);

    expect(texts(world)).toStrictEqual([flaggedBytes]);
  });

  it('stay where the finding names a version alone, SOURCE_VERSIONS=flagged', async () => {
    const world = createFakeWorld('enabled');
    const named = world.source.upload(object, flaggedBytes) ?? '';
    putAgainAt(world, named);
    const { eTag: _, ...nameless } = flaggedObject({ versionId: named });

    await handle(world, finding({ id: id(1), object: nameless }), { sourceVersions: 'flagged' });

    expect(texts(world)).toStrictEqual([flaggedBytes]);
  });
});

describe('once the flagged version was isolated', () => {
  it('a redelivery leaves further versions alone, SOURCE_VERSIONS=flagged', async () => {
    const world = createFakeWorld('enabled');
    const named = world.source.upload(object, flaggedBytes) ?? '';
    world.source.upload(object, flaggedBytes);
    const flagged = about(named, id(1));
    await handle(world, flagged, { sourceVersions: 'flagged' });

    await handle(world, flagged, { sourceVersions: 'flagged' }, { receiveCount: 2 });

    expect(texts(world)).toStrictEqual([flaggedBytes]);
  });
});

describe('bytes that went under another finding', () => {
  /** Isolated as the version that another finding named, and overwritten by its owner. */
  async function isolatedBefore(key: string = object.key) {
    const world = createFakeWorld('enabled');
    const versionId = world.source.upload({ ...object, key }, flaggedBytes) ?? '';
    const earlier = about(versionId, id(1), { key });
    await handle(world, earlier);
    return { world, copy: isolationKey(earlier.object, 0) };
  }

  it.each<[string, string | undefined]>([
    ['by ETag alone', undefined],
    ['by another version id', 'elsewhere'],
  ])('are already isolated for a finding that names them %s', async (_, versionId) => {
    for (const now of [undefined, 'other']) {
      const { world, copy } = await isolatedBefore();
      if (now !== undefined) world.source.upload(object, now);

      const { outcome, isolation } = await handle(world, about(versionId, id(2)));

      expect(outcome).toStrictEqual({ name: 'already_isolated' });
      expect(isolation?.copy?.key).toBe(copy);
    }
  });

  it('are found at the second place of a copy, and where the key is too long for a plain one', async () => {
    const long = 'k'.repeat(990);
    const { world, copy } = await isolatedBefore(long);

    expect(copy).toContain('objects-hashed/');
    expect((await handle(world, about('x'.repeat(20), id(2), { key: long }))).outcome.name).toBe(
      'already_isolated',
    );

    const second = await isolatedBefore();
    const stored = second.world.isolation.objects.get(second.copy);
    second.world.isolation.objects.delete(second.copy);
    if (stored) second.world.isolation.objects.set(`${second.copy}~1`, stored);

    expect((await handle(second.world, about(undefined, id(2)))).outcome.name).toBe('already_isolated');
  });

  it('are not taken for those of a key that goes on with an @ of its own', async () => {
    const { world } = await isolatedBefore(`${object.key}@2026`);

    expect((await handle(world, about(undefined, id(2)))).outcome.name).toBe('gone');
  });

  it('are not found in a copy with another ETag, or one that does not verify', async () => {
    const { world, copy } = await isolatedBefore();
    const other = about(undefined, id(2), { eTag: 'f'.repeat(32) });
    expect((await handle(world, other)).outcome.name).toBe('gone');

    const stored = world.isolation.objects.get(copy);
    if (stored) world.isolation.objects.set(copy, { ...stored, stored: { ...stored.stored, sizeBytes: 1 } });
    expect((await handle(world, about(undefined, id(3)))).outcome.name).toBe('gone');
  });

  it('are looked for in the twenty likeliest copies: those of the size of the finding first', async () => {
    const { world, copy } = await isolatedBefore();
    const prefix = copy.slice(0, copy.lastIndexOf('@'));
    const lastModified = new Date('2030-01-01T00:00:00.000Z');
    for (let count = 0; count < 200; count += 1) {
      world.isolation.place(`${prefix}@later${count}`, `other ${count}`, { lastModified });
    }
    world.log.clear();

    expect((await handle(world, about(undefined, id(2)))).outcome.name).toBe('already_isolated');

    world.log.clear();
    await handle(world, about(undefined, id(3), { eTag: 'f'.repeat(32) }));
    const looks = world.log.names.filter((name) => name === 'isolation.head').length;
    expect(looks).toBeLessThan(30);
  });
});

describe('a marker under MFA delete', () => {
  const flagged = (world: FakeWorld) => {
    world.source.upload(object, 'older, other');
    const versionId = world.source.upload(object, flaggedBytes);
    world.log.clear();
    return about(versionId, id(1));
  };

  it('is not put: the object is kept as it was', async () => {
    const world = createFakeWorld('enabled');
    const subject = flagged(world);
    world.source.hasMfaDelete = true;

    expect((await handle(world, subject)).outcome).toStrictEqual({ name: 'retained', reason: 'mfa-delete' });
    expect(texts(world)).toStrictEqual([flaggedBytes, 'older, other']);
    expect(world.log.names).not.toContain('source.plainDelete');
  });

  it('is not asked about where no marker is needed', async () => {
    const world = createFakeWorld('enabled');
    const subject = about(world.source.upload(object, flaggedBytes), id(1));

    await handle(world, subject);

    expect(world.log.names).not.toContain('source.needsMfa');
  });

  it('does not replace a null version either, under which flagged versions lie', async () => {
    const world = createFakeWorld('enabled');
    const subject = flagged(world);
    world.source.setVersioning('suspended');
    world.source.upload(object, flaggedBytes);
    world.source.hasMfaDelete = true;

    expect((await handle(world, subject)).outcome).toStrictEqual({ name: 'retained', reason: 'mfa-delete' });
    expect(texts(world)).toStrictEqual([flaggedBytes, flaggedBytes, 'older, other']);
  });

  it('is put if the worker may not ask about MFA delete', async () => {
    const world = createFakeWorld('enabled');
    const subject = flagged(world);
    world.log.on({
      at: 'source.needsMfa',
      before: () => {
        throw new RefusedError('access-denied', 'no');
      },
    });

    expect((await handle(world, subject)).outcome.name).toBe('isolated');
    expect(texts(world)).toStrictEqual(['marker', 'older, other']);
  });
});
