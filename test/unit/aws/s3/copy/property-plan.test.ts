import { describe, expect, it } from 'vitest';
import { metadataOf, planOfCopy, planOfParts } from '../../../../../src/aws/s3/copy/property-plan.ts';
import { planLess, propertyRefusal } from '../../../../../src/aws/s3/copy/property-refusal.ts';
import type { CopyRequest } from '../../../../../src/core/isolation-bucket.ts';
import type { Tag } from '../../../../../src/core/properties.ts';
import { type StoredOverrides, storedObject } from '../../../../support/fake-stored-object.ts';
import { flaggedObject } from '../../../../support/findings.ts';

const ours = { 'isolator-finding-id': 'f' };
const contentHeaders = { contentType: 'text/csv' };
const owner = { owner: 'hr' };
const forged = { 'isolator-checksum': 'forged' };
const utf8 = { contentDisposition: 'filename="Zo\u00c3\u00ab.csv"' };
const tags: Tag[] = [['team', 'hr']];
const system: Tag = ['aws:created-by', 'x'];

function request(overrides: StoredOverrides = {}, withProvenance = true): CopyRequest {
  const stored = storedObject('x', { metadata: owner, ...overrides });
  const checksum = { algorithm: 'CRC64NVME', value: 'AAAAAAAAAAA=', type: 'FULL_OBJECT' as const };
  const metadata = withProvenance ? { metadata: { ...owner, ...ours } } : {};
  return { from: flaggedObject(), stored, isolationKey: 'copy', checksum, ...metadata };
}

describe('the plan of one CopyObject', () => {
  it('sends metadata and content headers, and lets S3 copy tags', () => {
    expect(planOfCopy(request())).toStrictEqual({
      headers: { metadata: { ...owner, ...ours }, contentHeaders },
      left: [],
    });
  });

  it.each<[string, CopyRequest]>([
    ['there is no room for provenance', request({}, false)],
    ['a header cannot be signed', request({ contentHeaders: utf8 })],
    [
      'a long key leaves no room',
      {
        ...request({ contentHeaders: { cacheControl: 'x'.repeat(2500) } }),
        from: flaggedObject({ key: 'é'.repeat(500) }),
      },
    ],
  ])('lets S3 copy everything where %s', (_, about) => {
    expect(planOfCopy(about)).toStrictEqual({ left: [] });
  });

  it('leaves behind what poses as provenance, and what cannot be sent beside it', () => {
    const about = request({
      metadata: { ...owner, ...forged },
      contentHeaders: { ...contentHeaders, ...utf8 },
    });

    const plan = planOfCopy(about);

    expect(plan).toStrictEqual({
      headers: { metadata: { ...owner, ...ours }, contentHeaders },
      left: ['content-disposition', 'metadata'],
    });
    expect(metadataOf(plan)).toStrictEqual({
      ...owner,
      ...ours,
      'isolator-left-behind': 'content-disposition metadata',
    });
  });

  it('names a website redirect, which no copy carries', () => {
    expect(planOfCopy(request({ websiteRedirect: '/x' })).left).toEqual(['website-redirect-location']);
  });
});

describe('the plan of a copy in parts', () => {
  it('sends metadata, content headers and tags', () => {
    expect(planOfParts(request(), tags)).toStrictEqual({
      headers: { metadata: { ...owner, ...ours }, contentHeaders },
      tags,
      left: [],
    });
  });

  it.each<[string, CopyRequest, readonly Tag[] | undefined, string[]]>([
    ['tags that cannot be read', request(), undefined, ['tags']],
    ['tags that S3 keeps for itself', request(), [...tags, system], ['tags']],
    ['metadata that S3 could not show', request({ missingMetadata: 1 }, false), tags, ['metadata']],
    ['metadata that poses as provenance', request({ metadata: forged }), tags, ['metadata']],
    ['a header that cannot be signed', request({ contentHeaders: utf8 }), tags, ['content-disposition']],
    ['a website redirect', request({ websiteRedirect: '/x' }), tags, ['website-redirect-location']],
  ])('leaves behind %s', (_, about, given, left) => {
    expect(planOfParts(about, given).left).toEqual(left);
  });

  it('says nothing in metadata that has no provenance', () => {
    const plan = planOfParts(request({ contentHeaders: utf8 }, false), tags);

    expect(metadataOf(plan)).toStrictEqual(owner);
  });

  it('keeps room for the names of what it leaves behind', () => {
    const note = 'x'.repeat(2048 - 'note'.length - 'isolator-finding-id'.length - 1);
    const about = request({ metadata: { note } });

    expect(planOfParts(about, tags).left).toEqual([]);
    expect(planOfParts(about, undefined).left).toEqual(['metadata', 'tags']);
    const full = { note: 'x'.repeat(2048 - 'note'.length) };
    expect(planOfParts(request({ metadata: full }, false), undefined).left).toEqual(['tags']);
  });
});

describe('a further attempt', () => {
  const whole = planOfCopy(request());
  const parts = planOfParts(request(), tags);

  it('lets S3 copy itself what it did not take in headers', () => {
    expect(planLess(whole, 'headers', request(), undefined)).toStrictEqual({ left: [] });
  });

  it('sends provenance alone where S3 would copy what poses as provenance', () => {
    const about = request({ metadata: { ...owner, ...forged } });

    expect(planLess(planOfCopy(about), 'headers', about, undefined)).toStrictEqual({
      headers: { metadata: ours, contentHeaders: {} },
      left: ['content-type', 'metadata'],
    });
  });

  it('in parts sends provenance alone', () => {
    expect(planLess(parts, 'headers', request(), undefined)).toStrictEqual({
      headers: { metadata: ours, contentHeaders: {} },
      tags: [],
      left: ['content-type', 'metadata', 'tags'],
    });
  });

  it('sends the tags that S3 lets anybody set where others are why it refused', () => {
    const left = ['tags'];

    expect(planLess(whole, 'tags', request(), [...tags, system])).toStrictEqual({ ...whole, tags, left });
    expect(planLess(whole, 'tags', request(), tags)).toStrictEqual({ ...whole, tags: [], left });
    expect(planLess(whole, 'tags', request(), undefined)).toStrictEqual({ ...whole, tags: [], left });
    expect(planLess(parts, 'tags', request(), tags)).toStrictEqual({ ...parts, tags: [], left });
  });

  it('is not made if no property is left that could be left out', () => {
    const bare = planLess(parts, 'headers', request(), undefined);

    expect(bare && planLess(bare, 'headers', request(), undefined)).toBeUndefined();
    expect(bare && planLess(bare, 'tags', request(), tags)).toBeUndefined();
    expect(planLess({ left: [] }, 'headers', request(), undefined)).toBeUndefined();
    expect(planLess(whole, 'settings', request(), undefined)).toBeUndefined();
  });
});

describe('a refusal of properties', () => {
  it.each([
    ['InvalidTag', 'tags'],
    ['MetadataTooLarge', 'headers'],
    ['RequestHeaderSectionTooLarge', 'headers'],
    ['SignatureDoesNotMatch', 'headers'],
    ['InvalidArgument', 'headers'],
    ['InvalidStorageClass', 'settings'],
    ['InvalidRedirectLocation', 'settings'],
    ['AccessDenied', undefined],
    ['PreconditionFailed', undefined],
    ['SlowDown', undefined],
  ])('is recognised by the name of the error: %s', (name, refusal) => {
    expect(propertyRefusal(Object.assign(new Error('refused'), { name }))).toBe(refusal);
  });

  it('is told by the code of the HTTP client, which does not send every character', () => {
    expect(propertyRefusal(Object.assign(new Error('invalid'), { code: 'ERR_INVALID_CHAR' }))).toBe(
      'headers',
    );
  });
});
