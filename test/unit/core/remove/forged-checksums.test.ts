import { describe, expect, it } from 'vitest';
import { isolationKey } from '../../../../src/core/evidence/keys.ts';
import { type HandleSettings, handleFinding } from '../../../../src/core/handle-finding.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../../support/fake-ports.ts';
import { fakeChecksum, type StoredOverrides } from '../../../support/fake-stored-object.ts';
import {
  finding,
  flaggedBytes,
  flaggedETag,
  flaggedObject,
  md5Hex,
  messageAbout,
} from '../../../support/findings.ts';

const object = flaggedObject();
/** As long as the flagged bytes, and not them. */
const contract = flaggedBytes.replaceAll('1', '2');
const crc = fakeChecksum(flaggedBytes, 'CRC64NVME');
const ownCopy = isolationKey(flaggedObject({ versionId: 'v1', eTag: md5Hex(contract) }), 0);
const singlePart = { md5: md5Hex(contract) };
/** Under KMS the ETag is no MD5, and nothing but the CRC is left. */
const kms = { md5: undefined };

/** `v1` is a contract of which there is no other copy; the flagged `v2` was given its size and its CRC. */
function worldWithForgery(contractHas: StoredOverrides, flaggedHas: StoredOverrides): FakeWorld {
  const world = createFakeWorld('enabled');
  world.source.upload(object, contract, { checksum: crc, ...contractHas });
  world.source.upload(object, flaggedBytes, { checksum: crc, ...flaggedHas });
  world.isolation.shownChecksum = crc;
  // The promise: bytes that are gone from the source lie in the isolation bucket.
  world.log.afterEach(() => {
    const isThere = world.source.read(object, 'v1') !== undefined;
    const isCopied = world.isolation.objects.get(ownCopy)?.bytes === contract;
    if (!isThere && !isCopied) throw new Error('the contract is lost');
  });
  return world;
}

const aboutV2 = (id: string) => messageAbout(finding({ id, object: flaggedObject({ versionId: 'v2' }) }));
const handle = ({ ports }: FakeWorld, id: string, receiveCount = 1, settings: Partial<HandleSettings> = {}) =>
  handleFinding({ ...aboutV2(id), receiveCount }, ports, handleSettings(settings));

const first = 'ba3c75616234b8a67797b8000371aaba';
const second = 'ba3c75616234b8a67797b8000371bbbb';

describe('a version that was given the size and the CRC of another', () => {
  it.each([
    ['the same message again', first],
    ['a second finding of it', second],
  ])('does not take that one along, whose MD5 differs, nor does %s', async (_, id) => {
    const world = worldWithForgery(singlePart, { md5: flaggedETag });

    expect((await handle(world, first)).outcome.name).toBe('isolated');
    const again = await handle(world, id, 2);

    expect(again).toMatchObject({ outcome: { name: 'already_isolated' } });
    expect(again.isolation?.removal).toMatchObject({ removedVersions: [], uncomparedVersions: [] });
    expect(world.source.read(object, 'v1')?.bytes).toBe(contract);
  });

  it('takes that one along only once it has a copy of its own, where there is no MD5', async () => {
    const world = worldWithForgery(kms, kms);

    const done = await handle(world, first);

    expect(done).toMatchObject({
      outcome: { name: 'isolated' },
      isolation: { removal: { removedVersions: ['v1', 'v2'], uncomparedVersions: [] } },
    });
    expect(world.isolation.objects.get(ownCopy)?.bytes).toBe(contract);
  });

  it('leaves that one, and names it, where there is no MD5 and it cannot be copied', async () => {
    const world = worldWithForgery({ ...kms, customerKey: true }, kms);

    const done = await handle(world, first);

    expect(done).toMatchObject({
      outcome: { name: 'isolated' },
      isolation: { removal: { removedVersions: ['v2'], uncomparedVersions: ['v1'] } },
    });
    expect(world.source.read(object, 'v1')?.bytes).toBe(contract);
    expect(world.alerts[0]?.email).toContain('uncompared versions: v1');
  });

  it('is removed with a copy of its own if an earlier release of ours noted no MD5', async () => {
    const world = worldWithForgery(singlePart, { md5: flaggedETag });
    await handle(world, first);
    const key = isolationKey(flaggedObject({ versionId: 'v2' }), 0);
    const { metadata } = world.isolation.objects.get(key)?.stored ?? {};
    const { 'isolator-source-md5': _, ...older } = metadata ?? {};
    world.isolation.place(key, flaggedBytes, { metadata: older, checksum: crc });

    const again = await handle(world, second);

    expect(again.isolation?.removal).toMatchObject({ removedVersions: ['v1'] });
    expect(world.isolation.objects.get(ownCopy)?.bytes).toBe(contract);
  });

  it('leaves that one with SOURCE_VERSIONS=all too, where it cannot be copied', async () => {
    const world = worldWithForgery({ ...kms, customerKey: true }, kms);

    const done = await handle(world, first, 1, { sourceVersions: 'all' });

    expect(done.isolation?.removal).toMatchObject({ removedVersions: ['v2'], uncomparedVersions: ['v1'] });
    expect(world.source.read(object, 'v1')?.bytes).toBe(contract);
  });

  it('does not surface while the versions are removed one by one', async () => {
    const world = worldWithForgery(kms, kms);
    world.source.upload(object, flaggedBytes, { checksum: crc, ...kms });
    const surfaced: string[] = [];
    world.log.afterEach(() => {
      const bytes = world.source.read(object)?.bytes;
      if (bytes !== undefined && bytes !== flaggedBytes) surfaced.push(bytes);
    });

    await handle(world, first);

    expect(surfaced).toStrictEqual([]);
    expect(world.source.entries(object).every(({ isMarker }) => isMarker)).toBe(true);
  });
});
