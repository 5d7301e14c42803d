import { describe, expect, it } from 'vitest';
import { findIdenticalCopy, noteIdentical } from '../../../../src/core/evidence/identical-versions.ts';
import { createFakeWorld } from '../../../support/fake-ports.ts';
import { flaggedETag, flaggedObject, flaggedVersion, md5Hex } from '../../../support/findings.ts';

const object = flaggedObject();
const copyKey = 'objects/444455556666/member-data/k@v1';

/** The isolation bucket after the note of one version that went as identical. */
async function noted(versionId: string, sourceETag = flaggedETag) {
  const { isolation, keys } = createFakeWorld();
  const copy = { key: copyKey, provenance: { sourceETag } };
  await noteIdentical(object, copy, isolation)({ versionId, eTag: flaggedETag });
  return { isolation, keys };
}

describe('the note of an identical version that went', () => {
  it.each([
    ['by its version id alone', flaggedVersion('v2')],
    ['by both version id and ETag', flaggedObject({ versionId: 'v2' })],
  ])('leads a finding about it to the copy of its bytes, %s', async (_, about) => {
    const { isolation } = await noted('v2');

    expect(await findIdenticalCopy(about, isolation)).toBe(copyKey);
  });

  it('leads there by its ETag where its id was null, which identifies nothing', async () => {
    const { isolation } = await noted('null');

    expect(await findIdenticalCopy(object, isolation)).toBe(copyKey);
  });

  it.each([
    ['null', 1],
    ['v2', 1],
  ])('is a single object: of version %s', async (versionId, count) => {
    const { keys } = await noted(versionId);

    expect(keys('provenance/identical/')).toHaveLength(count);
  });

  it('leads there by its ETag where the copy has been made of a version with another ETag', async () => {
    const { isolation } = await noted('v2', md5Hex('encrypted by KMS'));

    expect(await findIdenticalCopy(object, isolation)).toBe(copyKey);
  });

  it('is one where the listing of copies leads there by its ETag', async () => {
    const { isolation } = await noted('v2');

    expect(await findIdenticalCopy(object, isolation)).toBeUndefined();
  });

  it.each([
    ['another version', flaggedVersion('v3')],
    ['the version with other bytes', flaggedObject({ versionId: 'v2', eTag: md5Hex('other') })],
    ['another key', flaggedVersion('v2', { key: 'another' })],
  ])('leads nowhere from %s', async (_, about) => {
    const { isolation } = await noted('v2');

    expect(await findIdenticalCopy(about, isolation)).toBeUndefined();
  });

  it.each(['no JSON', '{"isolationKey":1}'])('is ignored if its text is %j', async (text) => {
    const { isolation, keys } = await noted('v2');
    const [noteKey = ''] = keys('provenance/identical/');
    isolation.place(noteKey, text);

    expect(await findIdenticalCopy(flaggedVersion('v2'), isolation)).toBeUndefined();
  });
});
