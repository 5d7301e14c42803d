import { describe, expect, it } from 'vitest';
import { findCopyByETag } from '../../../../src/core/copy/find-copy-by-etag.ts';
import { isolationKey } from '../../../../src/core/evidence/keys.ts';
import { metadataWithProvenance, provenanceOf } from '../../../../src/core/evidence/provenance.ts';
import type { FlaggedObject } from '../../../../src/core/finding.ts';
import { createFakeWorld, type FakeWorld } from '../../../support/fake-ports.ts';
import { fakeChecksum, type StoredOverrides, storedObject } from '../../../support/fake-stored-object.ts';
import { finding, flaggedBytes, flaggedObject, flaggedVersion } from '../../../support/findings.ts';

const object = flaggedObject();
const sourceChecksum = fakeChecksum(flaggedBytes, 'CRC64NVME');

/** Puts the copy that was made for this object; its provenance has the ETag of these bytes. */
function placeCopy(
  { isolation }: FakeWorld,
  of: FlaggedObject,
  { bytes = flaggedBytes, ...shown }: StoredOverrides & { readonly bytes?: string } = {},
): string {
  const provenance = provenanceOf(finding(), storedObject(bytes), sourceChecksum, new Date(0), '1');
  const metadata = metadataWithProvenance(storedObject(''), provenance) ?? {};
  const key = isolationKey(of, 0);
  isolation.place(key, bytes, { metadata, checksum: sourceChecksum, ...shown });
  return key;
}

describe('a copy of the same bytes under another identity', () => {
  it('is found by the ETag in its provenance', async () => {
    const world = createFakeWorld();
    const key = placeCopy(world, flaggedVersion('v1'));

    expect(await findCopyByETag(object, world.isolation)).toMatchObject({ key, madeNow: false });
  });

  it('is found under the hash of a key that is too long', async () => {
    const world = createFakeWorld();
    const long = { key: 'k'.repeat(1000) };
    const key = placeCopy(world, flaggedVersion('v1', long));

    expect(key).toContain('objects-hashed/');
    expect(await findCopyByETag(flaggedObject(long), world.isolation)).toMatchObject({ key });
  });

  it('cannot be told by a finding that has no ETag', async () => {
    const world = createFakeWorld();
    placeCopy(world, flaggedVersion('v1'));

    expect(await findCopyByETag(flaggedVersion('v2'), world.isolation)).toBeUndefined();
    expect(world.log.names).toStrictEqual([]);
  });

  it('is never at a place of the finding itself, which was looked at before', async () => {
    const world = createFakeWorld();
    placeCopy(world, object);

    expect(await findCopyByETag(object, world.isolation)).toBeUndefined();
    expect(world.log.names).not.toContain('isolation.head');
  });

  it('is not that of another key which goes on with an @', async () => {
    const world = createFakeWorld();
    placeCopy(world, flaggedVersion('v1', { key: `${object.key}@v0` }));

    expect(await findCopyByETag(object, world.isolation)).toBeUndefined();
    expect(world.log.names).not.toContain('isolation.head');
  });

  it.each<[string, Parameters<typeof placeCopy>[2]]>([
    ['was made of other bytes', { bytes: 'other' }],
    ['does not agree with its provenance', { checksum: fakeChecksum('other', 'CRC64NVME') }],
    ['has no provenance', { metadata: {} }],
  ])('is none that %s; the next one is looked at', async (_, wrong) => {
    const world = createFakeWorld();
    placeCopy(world, flaggedVersion('v1'), { ...wrong, lastModified: new Date(2) });

    expect(await findCopyByETag(object, world.isolation)).toBeUndefined();

    const key = placeCopy(world, flaggedVersion('v2'), { lastModified: new Date(1) });

    expect(await findCopyByETag(object, world.isolation)).toMatchObject({ key });
  });
});

describe('the order of the looks', () => {
  /** Which versions were looked at, of copies that were made of other bytes. */
  async function looksAt(sizesAndTimes: readonly (readonly [number, number])[]): Promise<readonly number[]> {
    const world = createFakeWorld();
    const keys = sizesAndTimes.map(([sizeBytes, time], index) =>
      placeCopy(world, flaggedVersion(`v${index}`), {
        bytes: 'other',
        sizeBytes,
        lastModified: new Date(time),
      }),
    );
    const looked: number[] = [];
    const { head } = world.isolation;
    const isolation: typeof world.isolation = {
      ...world.isolation,
      head: (key) => {
        looked.push(keys.indexOf(key));
        return head(key);
      },
    };

    await findCopyByETag(object, isolation);
    return looked;
  }

  const flaggedSize = Buffer.byteLength(flaggedBytes);

  it('begins with copies of the size that the finding names, and of these with the newest', async () => {
    const [own, other] = [flaggedSize, 1];

    expect(
      await looksAt([
        [other, 8],
        [own, 1],
        [own, 3],
        [other, 9],
        [own, 2],
      ]),
    ).toStrictEqual([2, 4, 1, 3, 0]);
  });

  it('ends after 20 of them, however often the key was flagged', async () => {
    const looked = await looksAt(Array.from({ length: 25 }, (_, index) => [flaggedSize, index] as const));

    expect(looked).toStrictEqual(Array.from({ length: 20 }, (_, index) => 24 - index));
  });
});
