import { describe, expect, it } from 'vitest';
import { makeVerifiedCopy } from '../../../../src/core/copy/copy-object.ts';
import { findVerifiedCopy } from '../../../../src/core/copy/found-copy.ts';
import { RetryableError } from '../../../../src/core/errors.ts';
import { isolationKeys, provenanceKey } from '../../../../src/core/evidence/keys.ts';
import { metadataWithProvenance, provenanceOf } from '../../../../src/core/evidence/provenance.ts';
import { handleFinding } from '../../../../src/core/handle-finding.ts';
import { createFakeWorld, handleSettings, workOn } from '../../../support/fake-ports.ts';
import { fakeChecksum, type StoredOverrides, storedObject } from '../../../support/fake-stored-object.ts';
import { finding, flaggedBytes, flaggedObject, md5Hex, message } from '../../../support/findings.ts';

const object = flaggedObject();
const [firstKey] = isolationKeys(object);
const fail = () => {
  throw new RetryableError('SlowDown', 'later');
};

function provenanceMetadata(overrides: StoredOverrides = {}): Record<string, string> {
  const stored = storedObject(flaggedBytes, overrides);
  const checksum = fakeChecksum(flaggedBytes, 'CRC64NVME');
  return (
    metadataWithProvenance(storedObject(''), provenanceOf(finding(), stored, checksum, new Date(0), '1')) ??
    {}
  );
}

describe('a copy found at the isolation key', () => {
  const copyOf = (world: ReturnType<typeof createFakeWorld>) =>
    makeVerifiedCopy(workOn(world.ports), storedObject(flaggedBytes));

  it('is compared by size too, not by checksum alone', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    const checksum = fakeChecksum(flaggedBytes, 'CRC64NVME');
    world.isolation.place(firstKey, 'shorter', { metadata: provenanceMetadata(), checksum });

    expect(await copyOf(world)).toMatchObject({ key: `${firstKey}~1` });
  });

  it.each<[string, StoredOverrides]>([
    ['size', { sizeBytes: 1 }],
    ['ETag', { eTag: md5Hex('other') }],
  ])('is believed only if it can be verified by its provenance later: another %s', async (_, overrides) => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.isolation.place(firstKey, flaggedBytes, { metadata: provenanceMetadata(overrides) });

    await copyOf(world);

    expect(await findVerifiedCopy(object, world.isolation)).toMatchObject({ kind: 'verified' });
  });

  it('gets no provenance of ours before it is verified', async () => {
    const world = createFakeWorld();
    world.source.upload(object, flaggedBytes);
    world.isolation.place(firstKey, 'what somebody else put there');

    await copyOf(world);

    expect(world.isolation.objects.has(provenanceKey(firstKey))).toBe(false);
  });
});

describe('metadata at the source that poses as ours', () => {
  it.each<[string, StoredOverrides]>([
    ['metadata that S3 cannot show', { missingMetadata: 1 }],
    ['a content header that is not ASCII', { contentHeaders: { contentDisposition: 'filename="Zoë.csv"' } }],
  ])('does not make an isolated object look lost, where the source has %s', async (_, overrides) => {
    const world = createFakeWorld();
    const forged = { ...provenanceMetadata(), 'isolator-source-size': '1' };
    world.source.upload(object, flaggedBytes, { ...overrides, metadata: forged });
    world.log.on({ at: 'alerts.publish', nth: 1, before: fail });
    await expect(handleFinding(message(), world.ports, handleSettings())).rejects.toThrow();

    const again = await handleFinding(message({ receiveCount: 2 }), world.ports, handleSettings());

    expect(again.outcome).toEqual({ name: 'isolated' });
  });
});
