import { describe, expect, it } from 'vitest';
import {
  differingProperties,
  keepProperties,
  readKeptProperties,
} from '../../../../src/core/evidence/kept-properties.ts';
import { keptPropertiesKey, sha256Hex } from '../../../../src/core/evidence/keys.ts';
import { createFakeWorld } from '../../../support/fake-ports.ts';
import { type StoredOverrides, storedObject } from '../../../support/fake-stored-object.ts';

const copyKey = 'objects/444455556666/member-data/k@v1';
const everyHeader = {
  cacheControl: 'no-store',
  contentDisposition: 'attachment',
  contentEncoding: 'gzip',
  contentLanguage: 'en',
  contentType: 'text/csv',
  expires: 'Tue, 24 Nov 2026 08:00:00 GMT',
};
const source = storedObject('x', {
  metadata: { owner: 'hr' },
  missingMetadata: 1,
  contentHeaders: everyHeader,
  websiteRedirect: '/elsewhere',
});

describe('the properties kept beside a copy', () => {
  it('lie under the hash of its key, and say how their headers are to be read', async () => {
    const { isolation } = createFakeWorld();

    await keepProperties(isolation, copyKey, source, [['team', 'hr']]);

    expect(keptPropertiesKey(copyKey)).toBe(`provenance/${sha256Hex(copyKey)}.properties.json`);
    expect(JSON.parse((await isolation.get(keptPropertiesKey(copyKey))) ?? '')).toStrictEqual({
      headerEncoding: 'latin1',
      metadata: { owner: 'hr' },
      missingMetadata: 1,
      contentHeaders: everyHeader,
      websiteRedirect: '/elsewhere',
      tags: [['team', 'hr']],
    });
  });

  it.each([
    ['all of them', source, [['team', 'hr']] as const],
    ['no tags where they could not be read', source, undefined],
    [
      'no header, metadata or redirect where the source has none',
      storedObject('x', { contentHeaders: {} }),
      [],
    ],
  ])('are read as they were seen: %s', async (_, seen, tags) => {
    const { isolation } = createFakeWorld();
    const { metadata, missingMetadata, contentHeaders, websiteRedirect } = seen;
    await keepProperties(isolation, copyKey, seen, tags);

    expect(await readKeptProperties(isolation, copyKey)).toEqual({
      metadata,
      missingMetadata,
      contentHeaders,
      websiteRedirect,
      tags,
    });
  });

  it('are kept once, in whatever order S3 shows metadata and tags', async () => {
    const { isolation } = createFakeWorld();
    const shown = (metadata: Record<string, string>) => storedObject('x', { metadata });
    const tags = [
      ['team', 'hr'],
      ['a', 'b'],
    ] as const;
    const keep = (metadata: Record<string, string>, seen = tags as readonly (readonly [string, string])[]) =>
      keepProperties(isolation, copyKey, shown(metadata), seen);

    expect(await keep({ owner: 'hr', by: 'x' })).toBe('kept');
    expect(await keep({ by: 'x', owner: 'hr' }, tags.toReversed())).toBe('kept');
  });

  it.each([
    ['metadata', storedObject('x', { metadata: { owner: 'it' } }), []],
    ['a count of hidden metadata', storedObject('x', { missingMetadata: 1 }), []],
    ['a header', storedObject('x', { contentHeaders: { cacheControl: 'no-store' } }), []],
    ['a redirect', storedObject('x', { websiteRedirect: '/elsewhere' }), []],
    ['tags', storedObject('x'), [['team', 'hr']]],
    ['tags that could not be read', storedObject('x'), undefined],
  ] as const)('are never overwritten by those of another write: %s', async (_, other, tags) => {
    const { isolation } = createFakeWorld();
    await keepProperties(isolation, copyKey, storedObject('x'), []);
    const before = await isolation.get(keptPropertiesKey(copyKey));

    expect(await keepProperties(isolation, copyKey, other, tags)).toBe('others');
    expect(await isolation.get(keptPropertiesKey(copyKey))).toBe(before);
  });

  it('are those of another write where what is kept cannot be read', async () => {
    const { isolation } = createFakeWorld();
    isolation.place(keptPropertiesKey(copyKey), '{');

    expect(await keepProperties(isolation, copyKey, source, [])).toBe('others');
  });

  const valid = { metadata: {}, missingMetadata: 0, contentHeaders: {} };

  it('are read without any of what may be absent', async () => {
    const { isolation } = createFakeWorld();
    isolation.place(keptPropertiesKey(copyKey), JSON.stringify(valid));

    expect(await readKeptProperties(isolation, copyKey)).toStrictEqual(valid);
  });

  it.each([
    undefined,
    'no JSON',
    'null',
    JSON.stringify({ ...valid, metadata: undefined }),
    JSON.stringify({ ...valid, metadata: { owner: 1 } }),
    JSON.stringify({ ...valid, missingMetadata: -1 }),
    JSON.stringify({ ...valid, contentHeaders: undefined }),
    ...Object.keys(everyHeader).map((name) => JSON.stringify({ ...valid, contentHeaders: { [name]: 1 } })),
    JSON.stringify({ ...valid, websiteRedirect: 1 }),
    JSON.stringify({ ...valid, tags: [['key without value']] }),
  ])('are unknown where what lies there is %s', async (text) => {
    const { isolation } = createFakeWorld();
    if (text !== undefined) isolation.place(keptPropertiesKey(copyKey), text);

    expect(await readKeptProperties(isolation, copyKey)).toBeUndefined();
  });
});

describe('the properties that a copy shows otherwise', () => {
  const whole = {
    metadata: { a: '1', b: '2' },
    missingMetadata: 1,
    contentHeaders: everyHeader,
    tagCount: 2,
  };

  it.each<[string, StoredOverrides, StoredOverrides]>([
    ['it shows the same', {}, {}],
    ['its metadata come in another order', {}, { metadata: { b: '2', a: '1' } }],
    ['its metadata have our provenance beside them', {}, { metadata: { 'isolator-x': 'y', a: '1', b: '2' } }],
    ['the metadata of the source pose as ours', { metadata: { 'isolator-x': 'y', a: '1', b: '2' } }, {}],
  ])('are none where %s', (_, ofSource, ofCopy) => {
    const seen = storedObject('x', { ...whole, ...ofSource });

    expect(differingProperties(seen, storedObject('x', { ...whole, ...ofCopy }))).toStrictEqual([]);
  });

  it.each<[string[], StoredOverrides]>([
    [['metadata'], { metadata: { a: '1' } }],
    [['metadata'], { metadata: { a: '1', b: 'other' } }],
    [['metadata'], { missingMetadata: 0 }],
    [['tags'], { tagCount: 1 }],
    [['content-language'], { contentHeaders: { ...everyHeader, contentLanguage: 'de' } }],
    [
      [
        'cache-control',
        'content-disposition',
        'content-encoding',
        'content-language',
        'content-type',
        'expires',
        'metadata',
        'tags',
      ],
      { metadata: {}, tagCount: 0, contentHeaders: {} },
    ],
  ])('are %j where it shows %j', (names, ofCopy) => {
    const seen = storedObject('x', whole);

    expect(differingProperties(seen, storedObject('x', { ...whole, ...ofCopy }))).toStrictEqual(names);
  });

  it('include the redirect, which no copy carries', () => {
    const seen = storedObject('x', { websiteRedirect: '/elsewhere' });

    expect(differingProperties(seen, storedObject('x'))).toStrictEqual(['website-redirect-location']);
  });
});
