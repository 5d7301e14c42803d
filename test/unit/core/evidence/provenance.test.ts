import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { provenanceKey, sha256Hex } from '../../../../src/core/evidence/keys.ts';
import {
  flaggedBytesOf,
  leftBehindMetadata,
  metadataWithProvenance,
  onlyProvenance,
  provenanceOf,
  readProvenance,
} from '../../../../src/core/evidence/provenance.ts';
import type { Provenance } from '../../../../src/core/isolation.ts';
import { anyCharacter } from '../../../support/any-character.ts';
import { createFakeWorld } from '../../../support/fake-ports.ts';
import { fakeChecksum, storedObject } from '../../../support/fake-stored-object.ts';
import { finding, flaggedBytes, flaggedETag } from '../../../support/findings.ts';

const provenance = provenanceOf(
  finding(),
  storedObject(flaggedBytes, { versionId: 'v1' }),
  fakeChecksum(flaggedBytes, 'CRC64NVME'),
  new Date('2026-11-20T20:00:00.000Z'),
  '1.2.3',
);
const key = 'objects/1/b/k@v1';

/** What is read back from a copy with this metadata. */
function readBack(metadata: Record<string, string>, ownObject?: string): Promise<Provenance | undefined> {
  const { isolation } = createFakeWorld();
  if (ownObject !== undefined) isolation.place(provenanceKey(key), ownObject);
  return readProvenance(isolation, key, storedObject(flaggedBytes, { metadata }));
}

function bytesOf(metadata: Record<string, string> | undefined): number {
  return Object.entries(metadata ?? {}).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}

describe('provenance', () => {
  it('names the finding, the source and its proof', () => {
    expect(provenance).toEqual({
      findingId: finding().id,
      sourceETag: flaggedETag,
      sourceVersionId: 'v1',
      sizeBytes: Buffer.byteLength(flaggedBytes),
      checksum: fakeChecksum(flaggedBytes, 'CRC64NVME'),
      md5: flaggedETag,
      lastModified: '2026-11-19T08:00:00.000Z',
      storageClass: 'STANDARD',
      isolatedAt: '2026-11-20T20:00:00.000Z',
      serviceVersion: '1.2.3',
    });
  });

  it('survives the way through metadata, with and without a version id', async () => {
    const { sourceVersionId: _, ...unversioned } = provenance;

    expect(await readBack(metadataWithProvenance(storedObject(''), provenance) ?? {})).toEqual(provenance);
    expect(await readBack(metadataWithProvenance(storedObject(''), unversioned) ?? {})).toEqual(unversioned);
  });

  it('keeps the names of added tags, whatever letters they have', async () => {
    const tagged = { ...provenance, addedTags: ['case', 'zu prüfen: 50 %'] };

    expect(await readBack(metadataWithProvenance(storedObject(''), tagged) ?? {})).toEqual(tagged);
    const broken = { ...metadataWithProvenance(storedObject(''), provenance), 'isolator-added-tags': '%' };
    expect(await readBack(broken)).toEqual(provenance);
  });

  it('lies in metadata under the names that readers of copies and earlier versions know', () => {
    const whole = { ...provenance, replicationStatus: 'COMPLETED', leftBehind: ['expires', 'tags'] as const };

    expect(metadataWithProvenance(storedObject(''), whole)).toStrictEqual({
      'isolator-finding-id': finding().id,
      'isolator-source-etag': flaggedETag,
      'isolator-source-version-id': 'v1',
      'isolator-source-size': String(Buffer.byteLength(flaggedBytes)),
      'isolator-source-md5': flaggedETag,
      'isolator-source-last-modified': '2026-11-19T08:00:00.000Z',
      'isolator-source-storage-class': 'STANDARD',
      'isolator-source-replication-status': 'COMPLETED',
      'isolator-checksum': provenance.checksum.value,
      'isolator-checksum-algorithm': 'CRC64NVME',
      'isolator-checksum-type': 'FULL_OBJECT',
      'isolator-isolated-at': '2026-11-20T20:00:00.000Z',
      'isolator-service-version': '1.2.3',
      'isolator-left-behind': 'expires tags',
    });
  });

  it('has the replication status of the source, where it has one', () => {
    const replicated = storedObject(flaggedBytes, { replicationStatus: 'PENDING', md5: undefined });
    const { replicationStatus, ...rest } = provenanceOf(
      finding(),
      replicated,
      fakeChecksum(flaggedBytes, 'CRC64NVME'),
      new Date(0),
      '1',
    );

    expect(replicationStatus).toBe('PENDING');
    expect(Object.keys(rest)).not.toContain('md5');
    expect(Object.keys(provenance)).not.toContain('replicationStatus');
  });

  it('survives the way through metadata with the names of what was left behind', async () => {
    const whole = { ...provenance, leftBehind: ['expires', 'tags'] as const };

    expect(await readBack(metadataWithProvenance(storedObject(''), whole) ?? {})).toEqual(whole);
  });

  it.each([
    'x0123456789abcdef0123456789abcdef',
    '0123456789abcdef0123456789abcdefx',
    '0123456789ABCDEF0123456789ABCDEF',
  ])('is not believed with an MD5 of another form: %s', async (md5) => {
    expect(await readBack({}, JSON.stringify({ ...provenance, md5 }))).toBeUndefined();
  });

  it('says what is known of the flagged bytes', () => {
    const { md5: _, ...without } = provenance;
    const known = {
      sizeBytes: Buffer.byteLength(flaggedBytes),
      checksum: fakeChecksum(flaggedBytes, 'CRC64NVME'),
      eTag: flaggedETag,
    };

    expect(flaggedBytesOf(provenance)).toStrictEqual({ ...known, md5: flaggedETag });
    expect(flaggedBytesOf(without)).toStrictEqual(known);
  });

  it('survives the way through an object of its own', async () => {
    expect(await readBack({ owner: 'hr' }, JSON.stringify(provenance))).toEqual(provenance);
  });

  it('survives both ways whatever it says, and whatever metadata the source has', async () => {
    const text = fc.string({ unit: fc.constantFrom(...'aZ09+/=_-. :'), minLength: 1, maxLength: 40 });
    const any: fc.Arbitrary<Provenance> = fc
      .record({
        findingId: text,
        sourceETag: text,
        versionId: fc.option(text),
        sizeBytes: fc.maxSafeNat(),
        checksum: fc.record({
          algorithm: text,
          value: text,
          type: fc.constantFrom('FULL_OBJECT', 'COMPOSITE'),
        }),
        isolatedAt: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999') }),
        serviceVersion: text,
        replicationStatus: fc.option(text),
      })
      .map(({ versionId, replicationStatus, isolatedAt, ...rest }) => ({
        ...rest,
        isolatedAt: isolatedAt.toISOString(),
        ...(replicationStatus !== null && { replicationStatus }),
        ...(versionId !== null && { sourceVersionId: versionId }),
      }));
    const own = fc.dictionary(
      fc.constantFrom('owner', 'isolator-finding-id', 'isolator-source-size', 'isolator-x'),
      fc.string({ unit: anyCharacter }),
    );

    await fc.assert(
      fc.asyncProperty(any, own, fc.nat({ max: 1 }), async (said, metadata, missingMetadata) => {
        const stored = storedObject(flaggedBytes, { metadata, missingMetadata });
        const merged = metadataWithProvenance(stored, said);
        expect(await readBack(merged ?? metadata, merged ? undefined : JSON.stringify(said))).toEqual(said);
      }),
    );
  });

  it('lies, where it has an object of its own, under the hash of the isolation key', () => {
    expect(provenanceKey(key)).toBe(`provenance/${sha256Hex(key)}.json`);
  });

  it.each([
    ['no metadata and no object', {}, undefined],
    ['an object that is no JSON', {}, '{'],
    ['an object that is no provenance', {}, '{"findingId":1}'],
    ['half of the metadata', { 'isolator-finding-id': 'x', 'isolator-source-etag': 'y' }, undefined],
    [
      'a size that is no number',
      { ...metadataWithProvenance(storedObject(''), provenance), 'isolator-source-size': 'many' },
      undefined,
    ],
    [
      'a checksum of no known type',
      { ...metadataWithProvenance(storedObject(''), provenance), 'isolator-checksum-type': 'OTHER' },
      undefined,
    ],
  ])('cannot be read from metadata with %s', async (_, metadata, ownObject) => {
    expect(await readBack(metadata, ownObject)).toBeUndefined();
  });
});

describe('metadataWithProvenance', () => {
  it("keeps the source's own metadata beside it", () => {
    const stored = storedObject(flaggedBytes, { metadata: { owner: 'hr', 'retention-class': '7y' } });

    expect(metadataWithProvenance(stored, provenance)).toMatchObject({
      owner: 'hr',
      'retention-class': '7y',
      'isolator-finding-id': provenance.findingId,
    });
  });

  it('is only sent where all of it can be signed', () => {
    const { isolatedAt: _, ...rest } = provenance;

    expect(metadataWithProvenance(storedObject(''), { ...provenance, storageClass: 'Zoë' })).toBeUndefined();
    expect(metadataWithProvenance(storedObject(''), { ...rest, isolatedAt: 'é' })).toBeUndefined();
  });

  it('can be told from the metadata of the source', () => {
    const ours = metadataWithProvenance(storedObject(''), provenance) ?? {};
    const named = { 'x-isolator-': 'not ours', owner: 'hr' };

    expect(onlyProvenance({ ...named, ...ours })).toStrictEqual(ours);
  });

  it('says what was left behind only where something was', () => {
    expect(leftBehindMetadata([])).toStrictEqual({});
    expect(leftBehindMetadata(['metadata', 'tags'])).toStrictEqual({
      'isolator-left-behind': 'metadata tags',
    });
  });

  it('sends an Expires again that is a date as HTTP has it', () => {
    const contentHeaders = { expires: 'Tue, 24 Nov 2026 08:00:00 GMT' };

    expect(metadataWithProvenance(storedObject('', { contentHeaders }), provenance)).toBeDefined();
  });

  it('fills metadata up to 2,048 bytes of names and values, and gives up at one more', () => {
    const own = bytesOf(metadataWithProvenance(storedObject(''), provenance));
    const filler = (bytes: number) =>
      storedObject('', { metadata: { note: 'x'.repeat(bytes - own - 'note'.length) } });

    expect(bytesOf(metadataWithProvenance(filler(2048), provenance))).toBe(2048);
    expect(metadataWithProvenance(filler(2049), provenance)).toBeUndefined();
  });

  it.each([
    ['a value that is not ASCII', { metadata: { owner: 'Zoë' } }],
    ['an encoded word, as S3 shows it', { metadata: { owner: 'tab\there' } }],
    ['metadata that S3 could not show', { missingMetadata: 1 }],
    ['an Expires that is no date', { contentHeaders: { expires: '0' } }],
    ['a date in another form than S3 sends', { contentHeaders: { expires: '2026-11-24T08:00:00Z' } }],
    ['a content header that is not ASCII', { contentHeaders: { contentDisposition: 'filename="Zoë.csv"' } }],
  ])('leaves metadata to be copied by S3 where the source has %s', (_, overrides) => {
    expect(metadataWithProvenance(storedObject(flaggedBytes, overrides), provenance)).toBeUndefined();
  });

  const forged = {
    'isolator-finding-id': 'forged',
    'isolator-checksum': 'forged',
    'isolator-extra': 'forged',
  };

  it('drops metadata of the source that poses as ours', () => {
    const metadata = metadataWithProvenance(
      storedObject('', { metadata: { ...forged, owner: 'hr' } }),
      provenance,
    );

    expect(metadata).toMatchObject({ owner: 'hr', 'isolator-finding-id': provenance.findingId });
    expect(JSON.stringify(metadata)).not.toContain('forged');
  });

  it.each([
    ['there is no room for both', { note: 'x'.repeat(2000) }],
    ['the rest is not ASCII', { owner: 'Zoë' }],
  ])('goes alone rather than let forged metadata travel where %s', (_, rest) => {
    const metadata = metadataWithProvenance(
      storedObject('', { metadata: { ...forged, ...rest } }),
      provenance,
    );

    expect(metadata).toEqual(metadataWithProvenance(storedObject(''), provenance));
  });
});
