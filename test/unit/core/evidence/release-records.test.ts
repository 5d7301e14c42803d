import { describe, expect, it } from 'vitest';
import { releaseKey, sha256Hex } from '../../../../src/core/evidence/keys.ts';
import { carriesReleaseMark, isReleased } from '../../../../src/core/evidence/release-records.ts';
import type { FlaggedObject } from '../../../../src/core/finding.ts';
import { createFakeWorld } from '../../../support/fake-ports.ts';
import { type StoredOverrides, storedObject } from '../../../support/fake-stored-object.ts';
import { flaggedBytes, flaggedETag, flaggedKey, flaggedObject } from '../../../support/findings.ts';

const object = flaggedObject();

describe('the record of a release', () => {
  it('is named by account, bucket, key and one identity of the bytes', () => {
    expect(releaseKey(object, 'v1')).toBe(
      `releases/444455556666/member-data/${sha256Hex(flaggedKey)}/v1.json`,
    );
  });

  it.each([
    ['v1', 'v1', true],
    ['v1', flaggedETag, true],
    ['v1', 'v2', false],
    ['null', flaggedETag, true],
    // Any later object without versioning would have this id too.
    ['null', 'null', false],
    [undefined, flaggedETag, true],
    [undefined, 'undefined', false],
  ])('speaks for version %s where it names %s: %s', async (versionId, released, speaks) => {
    const { isolation } = createFakeWorld();
    isolation.place(releaseKey(object, released), '{}');

    expect(await isReleased(object, storedObject(flaggedBytes, { versionId }), isolation)).toBe(speaks);
  });
});

describe('release records', () => {
  const marked = { metadata: { 'isolator-released': 'yes' } };

  it.each<[string, Partial<FlaggedObject>, StoredOverrides, boolean]>([
    ['nothing speaks for a release', {}, {}, false],
    ['the version that the finding names lies there', { versionId: 'v1' }, { versionId: 'v1' }, false],
    ['another version lies there', { versionId: 'v1' }, { versionId: 'v2' }, true],
    ['an object without a version lies there', { versionId: 'v1' }, {}, true],
    ['the finding saw the mark', { releaseMark: true }, {}, true],
    ['the object has the mark', {}, marked, true],
    ['the named version has the mark', { versionId: 'v1' }, { ...marked, versionId: 'v1' }, true],
    ['an unnamed version has tags', {}, { versionId: 'v1', tagCount: 1 }, true],
    ['an unnamed version has no tags', {}, { versionId: 'v1' }, false],
    ['the named version has tags', { versionId: 'v1' }, { versionId: 'v1', tagCount: 1 }, false],
    ['an object without versions has tags, which the finding saw', {}, { tagCount: 1 }, false],
  ])('are asked for or not where %s', (_, about, stored, asked) => {
    expect(carriesReleaseMark(flaggedObject(about), storedObject(flaggedBytes, stored))).toBe(asked);
  });
});
