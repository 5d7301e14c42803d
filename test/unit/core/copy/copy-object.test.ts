import { describe, expect, it } from 'vitest';
import { makeVerifiedCopy } from '../../../../src/core/copy/copy-object.ts';
import { findVerifiedCopy, verifyCopyAt } from '../../../../src/core/copy/found-copy.ts';
import { noteIdentical } from '../../../../src/core/evidence/identical-versions.ts';
import { keepProperties, readKeptProperties } from '../../../../src/core/evidence/kept-properties.ts';
import { isolationKeys, keptPropertiesKey, provenanceKey } from '../../../../src/core/evidence/keys.ts';
import { metadataWithProvenance, provenanceOf } from '../../../../src/core/evidence/provenance.ts';
import { createFakeWorld, type FakeWorld, workOn } from '../../../support/fake-ports.ts';
import { fakeChecksum, type StoredOverrides, storedObject } from '../../../support/fake-stored-object.ts';
import {
  finding,
  flaggedBytes,
  flaggedETag,
  flaggedObject,
  flaggedVersion,
  md5Hex,
} from '../../../support/findings.ts';

const object = flaggedObject();
const [firstKey, secondKey] = isolationKeys(object);
const GiB = 1024 ** 3;

/** The source with the flagged bytes, and a function that copies them. */
function arrange(overrides: StoredOverrides = {}) {
  const world = createFakeWorld();
  world.source.upload(object, flaggedBytes, overrides);
  const stored = storedObject(flaggedBytes, overrides);
  return { ...world, copy: () => makeVerifiedCopy(workOn(world.ports), stored) };
}

function provenanceFor(findingId: string, overrides: StoredOverrides = {}) {
  const stored = storedObject(flaggedBytes, overrides);
  const checksum = stored.checksum ?? fakeChecksum(flaggedBytes, 'SHA256');
  return provenanceOf(
    finding({ id: findingId }),
    stored,
    checksum,
    new Date('2026-11-20T00:00:00Z'),
    '1.0.0',
  );
}

/** A copy as an earlier handling left it. */
function placeCopy({ isolation }: FakeWorld, key: string, bytes = flaggedBytes, findingId = 'earlier'): void {
  const metadata = metadataWithProvenance(storedObject(''), provenanceFor(findingId)) ?? {};
  isolation.place(key, bytes, { metadata });
}

describe('makeVerifiedCopy', () => {
  it("verifies by the copy's answer, with one call", async () => {
    const { copy, log, isolation } = arrange();

    expect(await copy()).toMatchObject({ key: firstKey, madeNow: true, tagsCopied: true });
    expect(log.names).toStrictEqual(['isolation.copy']);
    expect(isolation.objects.get(firstKey)?.bytes).toBe(flaggedBytes);
  });

  it('verifies by HEAD where the answer carries no checksum', async () => {
    const { copy, log, isolation } = arrange();
    isolation.answersChecksum = false;

    expect(await copy()).toMatchObject({ key: firstKey, madeNow: true });
    expect(log.names).toStrictEqual(['isolation.copy', 'isolation.head']);
  });

  it('believes no copy that HEAD does not show', async () => {
    const { copy, log, isolation } = arrange();
    isolation.answersChecksum = false;
    log.on({ at: 'isolation.head', before: () => isolation.objects.clear() });

    await expect(copy()).rejects.toMatchObject({ code: 'CopyNotThere' });
  });

  it.each([
    ['the first is good', 0, ['verify', 'copy', 'verify']],
    ['the second is good', 1, ['verify', 'copy', 'verify', 'copy', 'verify']],
  ])('times its steps, and proves the source once, where %s', async (_, wrong, steps) => {
    const world = arrange();
    world.isolation.corruptCopies = wrong;

    await world.copy();

    expect(world.steps).toStrictEqual(steps);
    expect(world.isolation.lastRequest).not.toHaveProperty('signal');
  });

  it('times the reading of a copy that it finds', async () => {
    const world = arrange();
    placeCopy(world, firstKey);

    await world.copy();

    expect(world.steps).toStrictEqual(['verify', 'copy', 'verify']);
  });

  it('can be told to stop between two parts', async () => {
    const { ports, isolation } = arrange();
    const { signal } = new AbortController();

    await makeVerifiedCopy({ ...workOn(ports), signal }, storedObject(flaggedBytes));

    expect(isolation.lastRequest?.signal).toBe(signal);
  });

  it('asks the copy for the algorithm that the source has', async () => {
    const { copy, isolation } = arrange({ checksum: fakeChecksum(flaggedBytes, 'SHA1') });

    await copy();

    expect(isolation.objects.get(firstKey)?.stored.checksum?.algorithm).toBe('SHA1');
  });

  it('hashes the source first where it has no checksum', async () => {
    const { copy, log } = arrange({ checksum: undefined });

    expect(await copy()).toMatchObject({ provenance: { checksum: fakeChecksum(flaggedBytes, 'SHA256') } });
    expect(log.names).toStrictEqual(['source.hash', 'isolation.copy']);
  });

  it('lets S3 prove it by MD5 where the ETag is one and there is no checksum', async () => {
    const { copy, isolation, log } = arrange({ checksum: undefined, md5: flaggedETag });
    isolation.answersChecksum = false;
    const md5 = { algorithm: 'MD5', value: Buffer.from(flaggedETag, 'hex').toString('base64') };
    isolation.shownChecksum = { ...md5, type: 'FULL_OBJECT' };

    expect(await copy()).toMatchObject({ provenance: { checksum: md5 } });
    expect(log.names).toStrictEqual(['isolation.copy', 'isolation.head']);
  });

  describe('a copy of a source with a composite checksum', () => {
    const composite = { ...fakeChecksum('x', 'SHA256'), type: 'COMPOSITE' } as const;

    it('repeats its parts, so that the copy has the same', async () => {
      const { copy, isolation, log, source } = arrange({ checksum: composite });
      source.parts = [10, Buffer.byteLength(flaggedBytes) - 10];
      isolation.answersChecksum = false;
      isolation.shownChecksum = composite;

      expect(await copy()).toMatchObject({ key: firstKey, provenance: { checksum: composite } });
      expect(log.names).toStrictEqual(['source.partSizes', 'isolation.copy', 'isolation.head']);
      expect(isolation.lastRequest?.partSizes).toStrictEqual(source.parts);
    });

    it('believes no copy with another, and reads both where it makes the next', async () => {
      const { copy, isolation, log, source } = arrange({ checksum: composite });
      source.parts = [Buffer.byteLength(flaggedBytes)];
      isolation.answersChecksum = false;
      isolation.shownChecksum = { ...composite, value: 'another' };

      expect(await copy()).toMatchObject({
        key: secondKey,
        provenance: { checksum: fakeChecksum(flaggedBytes, 'SHA256') },
      });
      expect(log.names).toStrictEqual([
        'source.partSizes',
        'isolation.copy',
        'isolation.head',
        'source.hash',
        'isolation.copy',
        'isolation.head',
        'isolation.hash',
      ]);
      expect(isolation.lastRequest?.partSizes).toBeUndefined();
    });

    it('reads both where the store takes no such parts', async () => {
      const { copy, isolation, log, source } = arrange({ checksum: composite });
      source.parts = [Buffer.byteLength(flaggedBytes)];
      isolation.takesParts = false;

      expect(await copy()).toMatchObject({ key: secondKey });
      expect(isolation.objects.has(firstKey)).toBe(false);
      expect(log.names).toStrictEqual([
        'source.partSizes',
        'isolation.copy',
        'source.hash',
        'isolation.copy',
      ]);
    });

    it('hashes the source where its parts are not known', async () => {
      const { copy, log } = arrange({ checksum: composite });

      expect(await copy()).toMatchObject({ provenance: { checksum: fakeChecksum(flaggedBytes, 'SHA256') } });
      expect(log.names).toStrictEqual(['source.partSizes', 'source.hash', 'isolation.copy']);
    });
  });

  it('takes the provenance of a copy that it only finished from the copy', async () => {
    const world = arrange();
    const { copy, isolation, log } = world;
    log.on({ at: 'isolation.copy', before: () => placeCopy(world, firstKey) });
    isolation.resumes = true;

    expect(await copy()).toMatchObject({ madeNow: true, provenance: { findingId: 'earlier' } });
  });

  it('hashes the copy too where S3 shows no checksum of it', async () => {
    const { copy, log, isolation } = arrange({ checksum: undefined });
    isolation.answersChecksum = false;
    isolation.showsChecksum = false;

    expect(await copy()).toMatchObject({ key: firstKey });
    expect(log.names).toStrictEqual(['source.hash', 'isolation.copy', 'isolation.head', 'isolation.hash']);
  });

  it('tries the second key where the copy at the first does not verify, and leaves the first as it is', async () => {
    const { copy, isolation } = arrange();
    isolation.corruptCopies = 1;

    expect(await copy()).toMatchObject({ key: secondKey, madeNow: true });
    expect(isolation.objects.get(firstKey)?.bytes).not.toBe(flaggedBytes);
    expect(isolation.objects.get(secondKey)?.bytes).toBe(flaggedBytes);
  });

  it.each([[true], [false]])(
    'refuses where neither copy verifies (checksum answered: %s)',
    async (answersChecksum) => {
      const { copy, isolation, source } = arrange();
      isolation.corruptCopies = 2;
      isolation.answersChecksum = answersChecksum;

      await expect(copy()).rejects.toMatchObject({ reason: 'verification-failed' });
      expect(source.read(object)?.bytes).toBe(flaggedBytes);
    },
  );

  it.each([
    [0, 1, firstKey],
    [1, 2, secondKey],
  ])('reads what shows no checksum, and believes no wrong copy (%i of them)', async (wrong, reads, key) => {
    const { copy, isolation, log } = arrange();
    isolation.answersChecksum = false;
    isolation.showsChecksum = false;
    isolation.corruptCopies = wrong;

    expect(await copy()).toMatchObject({ key, madeNow: true });
    expect(log.names.filter((name) => name === 'isolation.hash')).toHaveLength(reads);
  });

  it('refuses a copy of another size whose answer carries no checksum, though HEAD shows the right one', async () => {
    const { copy, isolation, log } = arrange();
    isolation.answersChecksum = false;
    const checksum = fakeChecksum(flaggedBytes, 'CRC64NVME');
    log.on({ at: 'isolation.copy', after: () => isolation.place(firstKey, 'short', { checksum }) });

    expect(await copy()).toMatchObject({ key: secondKey });
  });

  it('finds the copy that an earlier handling made, verifies it, and keeps its provenance', async () => {
    const world = arrange();
    placeCopy(world, firstKey);

    expect(await world.copy()).toMatchObject({
      key: firstKey,
      madeNow: false,
      provenance: { findingId: 'earlier' },
    });
    expect(world.keys('provenance/')).toStrictEqual([]);
  });

  it('never overwrites a found copy that does not verify', async () => {
    const world = arrange();
    placeCopy(world, firstKey, 'something else that was copied');

    expect(await world.copy()).toMatchObject({ key: secondKey, madeNow: true });
    expect(world.isolation.objects.get(firstKey)?.bytes).toBe('something else that was copied');
  });

  it('refuses where what is found at both keys does not verify', async () => {
    const world = arrange();
    placeCopy(world, firstKey, 'something else');
    placeCopy(world, secondKey, 'something else');

    await expect(world.copy()).rejects.toMatchObject({ reason: 'verification-failed' });
  });

  it('says source-changed where other bytes were there when S3 copied', async () => {
    const { copy, source, log, keys } = arrange();
    log.on({ at: 'isolation.copy', before: () => source.upload(object, 'other') });

    expect(await copy()).toBe('source-changed');
    expect(keys('objects/')).toStrictEqual([]);
  });

  it('verifies its own copy where the answer was lost and the call repeated', async () => {
    const { copy, log } = arrange();
    log.on({ at: 'isolation.copy', twice: true });

    expect(await copy()).toMatchObject({
      key: firstKey,
      madeNow: true,
      provenance: { findingId: finding().id },
    });
  });

  it.each([
    ['by an earlier handling of this finding', finding().id, '2026-11-21T00:00:00Z'],
    ['for another finding at the very same moment', 'another', '2026-11-20T00:00:00Z'],
  ])('is distinguished from a copy that was made %s', async (_, findingId, now) => {
    const world = arrange();
    placeCopy(world, firstKey, flaggedBytes, findingId);
    const ports = { ...world.ports, clock: () => new Date(now) };

    const copy = await makeVerifiedCopy(workOn(ports), storedObject(flaggedBytes));

    expect(copy).toMatchObject({ key: firstKey, madeNow: false, provenance: { findingId } });
  });
});

describe('provenance of a copy', () => {
  it('travels in its metadata, beside the metadata of the source', async () => {
    const { copy, isolation, keys } = arrange({ metadata: { owner: 'hr' } });

    await copy();

    expect(isolation.objects.get(firstKey)?.stored.metadata).toMatchObject({
      owner: 'hr',
      'isolator-finding-id': finding().id,
    });
    expect(keys('provenance/')).toStrictEqual([]);
  });

  it.each([
    ['is too much', { metadata: { note: 'x'.repeat(2000) } }],
    ['cannot be shown over HTTP', { missingMetadata: 1 }],
  ])('has an object of its own where the metadata of the source %s', async (_, overrides) => {
    const { copy, isolation, log } = arrange(overrides);

    const made = await copy();

    expect(log.names).toStrictEqual(['isolation.copy', 'isolation.put']);
    expect(made).toMatchObject({ madeNow: true });
    expect(await findVerifiedCopy(object, isolation)).toMatchObject({
      kind: 'verified',
      copy: { key: firstKey, provenance: { findingId: finding().id } },
    });
  });

  it('has no object where the copy does not verify', async () => {
    const { copy, isolation, keys } = arrange({ missingMetadata: 1 });
    isolation.corruptCopies = 2;

    await expect(copy()).rejects.toMatchObject({ reason: 'verification-failed' });
    expect(keys('provenance/')).toStrictEqual([]);
  });

  it('does not speak of properties left behind where nothing was', async () => {
    const { copy } = arrange();

    expect(await copy()).not.toHaveProperty('provenance.leftBehind');
  });

  it('is completed where a crash came between the copy and its provenance object', async () => {
    const { copy, isolation, log } = arrange({ missingMetadata: 1 });
    const crash = () => {
      throw new Error('crash');
    };
    log.on({ at: 'isolation.put', nth: 1, before: crash });

    await expect(copy()).rejects.toThrow('crash');
    const again = await copy();

    expect(again).toMatchObject({ key: firstKey, madeNow: false, provenance: { findingId: finding().id } });
    expect(isolation.objects.has(provenanceKey(firstKey))).toBe(true);
  });
});

describe('properties that a copy leaves behind', () => {
  const contentHeaders = { contentDisposition: 'filename="Zo\u00c3\u00ab.csv"' };
  const websiteRedirect = '/elsewhere';

  it('are kept as they were seen before the copy is made, and named in its provenance', async () => {
    const { copy, isolation, log } = arrange({ contentHeaders, metadata: { owner: 'hr' }, websiteRedirect });
    isolation.leaves = ['content-disposition', 'tags'];
    isolation.tagsSeen = [['team', 'h\u00e9']];

    expect(await copy()).toMatchObject({ provenance: { leftBehind: isolation.leaves } });

    expect(log.names.slice(0, 2)).toStrictEqual(['isolation.put', 'isolation.copy']);
    expect(await readKeptProperties(isolation, firstKey)).toStrictEqual({
      metadata: { owner: 'hr' },
      missingMetadata: 0,
      contentHeaders,
      websiteRedirect,
      tags: isolation.tagsSeen,
    });
  });

  it('are named again by a handling that finds the copy', async () => {
    const { copy, isolation } = arrange({ metadata: { owner: 'hr' } });
    isolation.leaves = ['tags'];
    await copy();

    expect(await copy()).toMatchObject({ madeNow: false, provenance: { leftBehind: ['tags'] } });
    expect(await findVerifiedCopy(object, isolation)).toMatchObject({
      copy: { provenance: { leftBehind: ['tags'] } },
    });
  });

  it('lie beside a copy at the second key where an earlier handling kept those of another write of the same bytes', async () => {
    const { copy, isolation } = arrange({ contentHeaders });
    await keepProperties(isolation, firstKey, storedObject(flaggedBytes, { metadata: { of: 'before' } }), []);
    isolation.leaves = ['content-disposition'];

    expect(await copy()).toMatchObject({ key: secondKey, madeNow: true });

    expect(await readKeptProperties(isolation, secondKey)).toMatchObject({ contentHeaders });
    expect(isolation.objects.has(firstKey)).toBe(false);
  });

  it('stay behind where those of other writes are kept at both keys: the object is isolated', async () => {
    const { copy, isolation } = arrange({ contentHeaders });
    for (const key of [firstKey, secondKey])
      await keepProperties(isolation, key, storedObject(flaggedBytes, { metadata: { of: key } }), []);
    isolation.leaves = ['content-disposition'];

    expect(await copy()).toMatchObject({ key: secondKey, provenance: { leftBehind: isolation.leaves } });
  });

  it('have provenance of their own where S3 copied the metadata itself', async () => {
    const { copy, isolation } = arrange({ metadata: { owner: 'hr' } });
    isolation.leaves = ['tags'];
    isolation.copiesBare = true;

    await copy();

    expect(isolation.objects.get(firstKey)?.stored.metadata).toStrictEqual({ owner: 'hr' });
    expect(await findVerifiedCopy(object, isolation)).toMatchObject({
      copy: { provenance: { findingId: finding().id, leftBehind: ['tags'] } },
    });
  });

  it('are found by comparison where a crash came between the copy and its provenance', async () => {
    const { copy, isolation, log } = arrange({ missingMetadata: 1, tagCount: 2, websiteRedirect });
    log.on({
      at: 'isolation.put',
      nth: 1,
      before() {
        throw new Error('crash');
      },
    });
    await expect(copy()).rejects.toThrow('crash');

    expect(await copy()).toMatchObject({
      madeNow: false,
      provenance: { leftBehind: ['metadata', 'tags', 'website-redirect-location'] },
    });
    expect(isolation.objects.has(provenanceKey(firstKey))).toBe(true);
  });

  it.each([['not JSON'], ['{"metadata":1}'], [undefined]])(
    'cannot be read where there is %s',
    async (json) => {
      const { isolation } = createFakeWorld();
      if (json !== undefined) isolation.place(keptPropertiesKey(firstKey), json);

      expect(await readKeptProperties(isolation, firstKey)).toBeUndefined();
    },
  );
});

describe('an object that cannot be copied', () => {
  it.each<[string, StoredOverrides]>([
    ['sse-c', { customerKey: true }],
    ['archived-storage-class', { storageClass: 'GLACIER' }],
    ['archived-storage-class', { storageClass: 'DEEP_ARCHIVE' }],
    ['archived-storage-class', { storageClass: 'INTELLIGENT_TIERING', archiveStatus: 'ARCHIVE_ACCESS' }],
    ['unverifiable-size', { sizeBytes: 50 * 1000 ** 3 + 1, checksum: undefined }],
    ['unverifiable-size', { sizeBytes: 60 * GiB, checksum: fakeChecksum(flaggedBytes, 'SHA256') }],
  ])('is refused as %s without a call, and stays: %j', async (reason, overrides) => {
    const { copy, log, source } = arrange(overrides);

    await expect(copy()).rejects.toMatchObject({ name: 'RefusedError', reason });
    expect(log.names).toStrictEqual([]);
    expect(source.read(object)?.bytes).toBe(flaggedBytes);
  });

  it('is refused as unverifiable-size where its parts are not known either', async () => {
    const checksum = { ...fakeChecksum('x', 'CRC32'), type: 'COMPOSITE' } as const;
    const { copy, log } = arrange({ sizeBytes: 60 * GiB, checksum });

    await expect(copy()).rejects.toMatchObject({ reason: 'unverifiable-size' });
    expect(log.names).toStrictEqual(['source.partSizes']);
  });

  it.each<[string, StoredOverrides]>([
    ['a restored archived object', { storageClass: 'GLACIER', restored: true }],
    ['a restored object of an archive tier', { archiveStatus: 'DEEP_ARCHIVE_ACCESS', restored: true }],
    ['an object in instant retrieval', { storageClass: 'GLACIER_IR' }],
    ['an object of 5 TiB with a CRC of the whole', { sizeBytes: 5 * 1024 * GiB }],
    [
      'an object of 5 GiB with a SHA of the whole',
      { sizeBytes: 5 * GiB, checksum: fakeChecksum(flaggedBytes, 'SHA256') },
    ],
  ])('is not %s', async (_, overrides) => {
    const { copy, log } = arrange(overrides);

    expect(await copy()).toMatchObject({ key: firstKey, madeNow: true });
    expect(log.names).toStrictEqual(['isolation.copy']);
  });

  it.each<[number, StoredOverrides]>([
    [5 * GiB + 1, {}],
    [5 * GiB + 1, { md5: flaggedETag }],
    [50 * 1000 ** 3, {}],
  ])(
    'is not an object without checksum of %i bytes: its CRC-32 is computed',
    async (sizeBytes, overrides) => {
      const { copy } = arrange({ sizeBytes, checksum: undefined, ...overrides });

      expect(await copy()).toMatchObject({ provenance: { checksum: { algorithm: 'CRC32' } } });
    },
  );
});

describe('the copy at one key', () => {
  it('is none, unverified, or verified and not made now', async () => {
    const world = createFakeWorld();
    const { isolation } = world;

    expect(await verifyCopyAt(firstKey, undefined, isolation)).toStrictEqual({ kind: 'none' });
    placeCopy(world, firstKey);
    expect(await verifyCopyAt(firstKey, undefined, isolation)).toStrictEqual({
      kind: 'verified',
      copy: { key: firstKey, provenance: expect.anything(), madeNow: false },
    });
    expect(await verifyCopyAt(firstKey, md5Hex('other'), isolation)).toStrictEqual({ kind: 'unverified' });
  });
});

describe('findVerifiedCopy', () => {
  it('finds no copy in an empty bucket', async () => {
    const { isolation, log } = createFakeWorld();

    expect(await findVerifiedCopy(object, isolation)).toStrictEqual({ kind: 'none' });
    expect(log.names).toStrictEqual(['isolation.head', 'isolation.head', 'isolation.get']);
  });

  it('finds the copy of an identical version, of which this one has none', async () => {
    const world = createFakeWorld();
    const { isolation } = world;
    placeCopy(world, firstKey);
    const copy = { key: firstKey, provenance: provenanceFor('f') };
    await noteIdentical(object, copy, isolation)({ versionId: 'v2', eTag: flaggedETag });

    expect(await findVerifiedCopy(flaggedVersion('v2'), isolation)).toMatchObject({
      kind: 'verified',
      copy: { key: firstKey, madeNow: false },
    });
    expect(await findVerifiedCopy(flaggedVersion('v3'), isolation)).toStrictEqual({ kind: 'none' });

    isolation.place(firstKey, 'other bytes, which do not verify');

    expect(await findVerifiedCopy(flaggedVersion('v2'), isolation)).toStrictEqual({ kind: 'none' });
    expect(await findVerifiedCopy(object, isolation)).toStrictEqual({ kind: 'unverified' });
  });

  it('finds a copy at the second key where the first does not verify', async () => {
    const world = createFakeWorld();
    placeCopy(world, firstKey, 'something else that was copied');
    placeCopy(world, secondKey);

    expect(await findVerifiedCopy(object, world.isolation)).toMatchObject({
      kind: 'verified',
      copy: { key: secondKey },
    });
  });

  it('hashes a copy whose SHA-256 S3 does not show', async () => {
    const world = createFakeWorld();
    const metadata =
      metadataWithProvenance(storedObject(''), provenanceFor('f', { checksum: undefined })) ?? {};
    world.isolation.place(firstKey, flaggedBytes, { metadata, checksum: undefined });

    expect(await findVerifiedCopy(object, world.isolation)).toMatchObject({ kind: 'verified' });
    expect(world.log.names).toContain('isolation.hash');
  });

  it.each(['SHA256', 'SHA512', 'SHA1', 'MD5', 'CRC32', 'CRC32C', 'CRC64NVME'])(
    'hashes a copy of 50 GB whose %s S3 does not show',
    async (algorithm) => {
      const { isolation, log } = createFakeWorld();
      const sizeBytes = 50 * 1000 ** 3;
      const metadata = of({ sizeBytes, checksum: fakeChecksum(flaggedBytes, algorithm) });
      isolation.place(firstKey, flaggedBytes, { metadata, sizeBytes, checksum: undefined });

      expect(await findVerifiedCopy(object, isolation)).toMatchObject({ kind: 'verified' });
      expect(log.names).toContain('isolation.hash');
    },
  );

  it('does not believe a copy that reads as other bytes', async () => {
    const { isolation } = createFakeWorld();
    const metadata = of({ checksum: fakeChecksum('other', 'SHA256') });
    isolation.place(firstKey, flaggedBytes, { metadata, checksum: undefined });

    expect(await findVerifiedCopy(object, isolation)).toStrictEqual({ kind: 'unverified' });
  });

  const of = (overrides: StoredOverrides) =>
    metadataWithProvenance(storedObject(''), provenanceFor('f', overrides)) ?? {};

  it.each<[string, StoredOverrides]>([
    ['has no provenance', { metadata: {} }],
    ['has another size than its provenance says', { metadata: of({ sizeBytes: 1 }) }],
    ['was made from other bytes than the finding means', { metadata: of({ eTag: md5Hex('other') }) }],
    [
      'has another checksum than its provenance says',
      { metadata: of({ checksum: fakeChecksum('other', 'CRC64NVME') }) },
    ],
    [
      'shows no checksum, and has one that cannot be computed',
      { metadata: of({ checksum: fakeChecksum(flaggedBytes, 'XXHASH64') }), checksum: undefined },
    ],
  ])('does not believe a copy that %s', async (_, overrides) => {
    const { isolation } = createFakeWorld();
    isolation.place(firstKey, flaggedBytes, overrides);

    expect(await findVerifiedCopy(object, isolation)).toStrictEqual({ kind: 'unverified' });
  });

  it.each<[string, StoredOverrides['checksum']]>([
    ['no checksum', undefined],
    ['only a composite checksum', { ...fakeChecksum(flaggedBytes, 'CRC64NVME'), type: 'COMPOSITE' }],
    ['only a checksum of another algorithm', fakeChecksum(flaggedBytes, 'SHA1')],
  ])('reads a copy that shows %s', async (_, checksum) => {
    const { isolation } = createFakeWorld();
    isolation.place(firstKey, flaggedBytes, { metadata: of({}), checksum });
    isolation.place(secondKey, 'other bytes of the size sizes', { metadata: of({}), checksum });

    expect(await findVerifiedCopy(object, isolation)).toMatchObject({ kind: 'verified' });
    isolation.objects.delete(firstKey);
    expect(await findVerifiedCopy(object, isolation)).toEqual({ kind: 'unverified' });
  });

  it('does not read a copy of more than 50 GB to hash it', async () => {
    const { isolation, log } = createFakeWorld();
    const sizeBytes = 50 * 1000 ** 3 + 1;
    const metadata = of({ sizeBytes, checksum: undefined });
    isolation.place(firstKey, flaggedBytes, { metadata, sizeBytes, checksum: undefined });

    expect(await findVerifiedCopy(object, isolation)).toStrictEqual({ kind: 'unverified' });
    expect(log.names).not.toContain('isolation.hash');
  });

  it('asks for no ETag where the finding names none', async () => {
    const { isolation } = createFakeWorld();
    const byVersion = flaggedVersion('v1');
    isolation.place(isolationKeys(byVersion)[0], flaggedBytes, { metadata: of({ versionId: 'v1' }) });

    expect(await findVerifiedCopy(byVersion, isolation)).toMatchObject({ kind: 'verified' });
  });
});
