import { expect, it } from 'vitest';
import { isolationKey, releaseKey } from '../../../../../src/core/evidence/keys.ts';
import type { FlaggedObject } from '../../../../../src/core/finding.ts';
import { readReleases } from '../../../../../src/core/operate/story/read-releases.ts';
import { flaggedETag, flaggedObject } from '../../../../support/findings.ts';

const flagged = flaggedObject({ versionId: 'v2' });
const other = flaggedObject({ versionId: 'v1', eTag: 'a'.repeat(32) });
const by = (who: string, more: object = {}) =>
  JSON.stringify({ who, why: 'case 12', released_at: '2026-11-28T07:41:42.503Z', lost: [], ...more });

async function released(records: Readonly<Record<string, string>>, about: FlaggedObject = flagged) {
  const evidence = {
    folders: async () => [],
    async *keys(prefix: string) {
      yield* Object.keys(records).filter((key) => key.startsWith(prefix));
    },
    get: async (key: string) => records[key],
  };
  const releases = await readReleases(about, [], { state: 'absent' }, evidence);
  return releases.map(({ who }) => who);
}

it('tells the release of the copy, by whichever identity it is recorded', async () => {
  const isolation_key = isolationKey(flagged, 0);
  expect(await released({ [releaseKey(flagged, 'v9')]: by('Ada', { isolation_key }) })).toEqual(['Ada']);
});

it('tells a release of what never left its place, by its ETag or its version', async () => {
  expect(await released({ [releaseKey(flagged, 'v2')]: by('Ada') })).toEqual(['Ada']);
  expect(await released({ [releaseKey(flagged, flaggedETag)]: by('Ada') })).toEqual(['Ada']);
  const beside = releaseKey(flagged, flaggedETag, JSON.stringify(['Grace', 'case 12']));
  expect(await released({ [beside]: by('Grace') })).toEqual(['Grace']);
});

it('tells no release of another version of the key', async () => {
  const isolation_key = isolationKey(other, 0);
  expect(await released({ [releaseKey(other, 'v1')]: by('Ada') })).toEqual([]);
  expect(await released({ [releaseKey(other, 'a'.repeat(32))]: by('Ada', { isolation_key }) })).toEqual([]);
});
