import { describe, expect, it } from 'vitest';
import { releaseKey, sha256Hex } from '../../../../src/core/evidence/keys.ts';
import { isReleased, mayCarryReleaseMark } from '../../../../src/core/evidence/release-records.ts';
import type { FlaggedObject, Traits } from '../../../../src/core/finding.ts';
import { createFakeWorld } from '../../../support/fake-ports.ts';
import { type StoredOverrides, storedObject } from '../../../support/fake-stored-object.ts';
import { finding, flaggedBytes, flaggedETag, flaggedKey, flaggedObject } from '../../../support/findings.ts';

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
  ])('are asked for or not where %s', (_, about, stored, asked) => {
    const traits = { objectTags: [] };
    expect(
      mayCarryReleaseMark({ object: flaggedObject(about), traits }, storedObject(flaggedBytes, stored)),
    ).toBe(asked);
  });

  const named = (...keys: string[]): Traits => ({ objectTags: keys.map((key) => ({ key, value: 'x' })) });
  const ten = Array.from({ length: 10 }, (_, index) => `tag-${index}`);

  it.each<[string, Traits | undefined, number, boolean]>([
    ['has no tags, as the finding says', named(), 0, false],
    ['has the tags that the finding names', named('env', 'team'), 2, false],
    ['has a tag more than the finding names', named('env'), 2, true],
    ['has fewer tags than the finding names, and so maybe others', named('env', 'team'), 1, true],
    ['lost the tags that the finding names', named('env'), 0, false],
    ['has a tag that may replace that of the fence', named('isolator-fenced'), 1, true],
    ['has the tags that the finding names besides the fence', named('isolator-fenced', 'env'), 1, false],
    ['has no room for the mark', named(...ten), 10, true],
    ['has tags, and the finding does not tell which it had', {}, 1, true],
    ['has tags, and nothing is known of the finding', undefined, 1, true],
    ['has no tags, and the finding does not tell which it had', {}, 0, false],
  ])('are asked for or not where the object %s', (_, traits, tagCount, asked) => {
    for (const versionId of [undefined, 'v1']) {
      const version = versionId === undefined ? {} : { versionId };
      const { object: about } = finding({ object: flaggedObject(version) });
      const stored = storedObject(flaggedBytes, { ...version, tagCount });
      expect(mayCarryReleaseMark({ object: about, ...(traits && { traits }) }, stored)).toBe(asked);
    }
  });
});
