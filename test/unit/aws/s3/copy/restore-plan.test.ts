import { describe, expect, it } from 'vitest';
import { planLessRestore, planRestore } from '../../../../../src/aws/s3/copy/restore-plan.ts';
import { releaseMark } from '../../../../../src/core/evidence/release-records.ts';
import type { Tag } from '../../../../../src/core/properties.ts';
import type { RestoreRequest } from '../../../../../src/core/restorer.ts';
import { storedObject } from '../../../../support/fake-stored-object.ts';
import { flaggedObject } from '../../../../support/findings.ts';

const metadata = { owner: 'hr' };
const contentHeaders = { contentType: 'text/csv' };
const utf8 = { ...contentHeaders, contentDisposition: 'filename="Zo\u00c3\u00ab.csv"' };
const marked = { [releaseMark]: 'true' };
const mark: Tag = [releaseMark, 'true'];
const team: Tag = ['team', 'hr'];
const ten = Array.from({ length: 10 }, (_, index): Tag => [`t${index}`, 'x']);
const long = ten.map(([key]): Tag => [key, 'ü'.repeat(256)]);
const settings = { storageClass: 'STANDARD_IA', websiteRedirect: '/x' };

function request(overrides: Partial<RestoreRequest> = {}): RestoreRequest {
  const isolated = storedObject('x');
  return {
    isolationKey: 'copy',
    isolated,
    to: flaggedObject(),
    metadata,
    contentHeaders,
    isFaithful: false,
    ...settings,
    ...overrides,
  };
}

describe('the plan of a restoration', () => {
  it('puts everything back and marks it by a tag, once', () => {
    expect(planRestore(request(), [mark, team], true, 0)).toStrictEqual({
      ...settings,
      headers: { metadata, contentHeaders },
      tags: [team, mark],
      lost: [],
    });
  });

  it('marks the metadata where ten tags leave no room', () => {
    expect(planRestore(request(), ten, true, 0)).toMatchObject({
      headers: { metadata: { ...metadata, ...marked } },
      tags: ten,
      lost: [],
    });
  });

  it('leaves out the tags that a rule added to the copy', () => {
    const added = request({ addedTags: ['case'] });

    expect(planRestore(added, [team, ['case', '4711']], true, 0)).toMatchObject({
      tags: [team, mark],
      lost: [],
    });
    // A tag of this name that was kept is the original's own.
    expect(planRestore({ ...added, tags: [['case', 'own']] }, [], true, 0).tags).toEqual([
      ['case', 'own'],
      mark,
    ]);
  });

  it('takes tags that the copy lacks from what was kept', () => {
    expect(planRestore(request({ tags: [team] }), [], true, 0).tags).toEqual([team, mark]);
  });

  it("lets S3 copy metadata and content headers that cannot be sent, where they are the original's", () => {
    const about = request({ contentHeaders: utf8, isFaithful: true });

    expect(planRestore(about, [team], true, 0)).toStrictEqual({ ...settings, tags: [team, mark], lost: [] });
    expect(planRestore({ ...about, isFaithful: false }, [team], true, 0)).toMatchObject({
      headers: { metadata, contentHeaders },
      lost: ['content-disposition'],
    });
    expect(planRestore(about, [team], false, 0)).toMatchObject({
      headers: { metadata, contentHeaders },
      lost: ['content-disposition'],
    });
  });

  it('lets S3 copy tags that do not fit into headers, and marks the metadata', () => {
    expect(planRestore(request(), long, true, 0)).toStrictEqual({
      ...settings,
      headers: { metadata: { ...metadata, ...marked }, contentHeaders },
      lost: [],
    });
  });

  it.each<[string, RestoreRequest, readonly Tag[] | undefined, boolean]>([
    ['in parts', request(), long, false],
    ['that the copy lacks', request({ tags: long }), [], true],
    ['that cannot be read', request(), undefined, true],
  ])('names tags as lost that cannot be put back: %s', (_, about, tags, canCopy) => {
    expect(planRestore(about, tags, canCopy, 0)).toMatchObject({
      headers: { metadata, contentHeaders },
      tags: [mark],
      lost: ['tags'],
    });
  });

  it('names tags as lost that S3 keeps for itself', () => {
    expect(planRestore(request(), [team, ['aws:x', 'x']], true, 0)).toMatchObject({
      tags: [team, mark],
      lost: ['tags'],
    });
  });

  it('names metadata as lost that S3 could not show where S3 cannot copy it', () => {
    const isolated = storedObject('x', { missingMetadata: 1 });

    expect(planRestore(request({ isolated, isFaithful: true }), [], false, 0).lost).toEqual(['metadata']);
    expect(planRestore(request({ isolated, isFaithful: true }), [], true, 0).lost).toEqual([]);
    expect(planRestore(request({ isolated, isFaithful: true }), ten, true, 0)).toMatchObject({
      headers: { metadata: { ...metadata, ...marked } },
      lost: ['metadata'],
    });
  });
});

describe('a further attempt to restore', () => {
  const plan = planRestore(request(), [team], true, 0);

  it("lets S3 copy what it did not take in headers, where that is the original's", () => {
    const { headers: _, ...copied } = plan;

    expect(planLessRestore(plan, 'headers', request({ isFaithful: true }), true)).toStrictEqual(copied);
  });

  it('puts back the mark alone where it cannot', () => {
    expect(planLessRestore(plan, 'headers', request(), true)).toStrictEqual({
      headers: { metadata: {}, contentHeaders: {} },
      tags: [mark],
      storageClass: 'STANDARD',
      lost: ['content-type', 'metadata', 'storage-class', 'tags', 'website-redirect-location'],
    });
  });

  it('keeps a mark that lies in the metadata', () => {
    const full = planRestore(request(), ten, true, 0);

    expect(planLessRestore(full, 'headers', request(), true)).toMatchObject({
      headers: { metadata: marked },
      tags: [],
    });
    expect(planLessRestore(full, 'tags', request(), true)).toMatchObject({
      headers: { metadata: { ...metadata, ...marked } },
      tags: [],
      lost: ['tags'],
    });
  });

  it('leaves out tags alone, or settings alone, where S3 names them', () => {
    expect(planLessRestore(plan, 'tags', request(), true)).toStrictEqual({
      ...plan,
      tags: [mark],
      lost: ['tags'],
    });
    const { websiteRedirect: _, ...rest } = plan;
    expect(planLessRestore(plan, 'settings', request(), true)).toStrictEqual({
      ...rest,
      storageClass: 'STANDARD',
      lost: ['storage-class', 'website-redirect-location'],
    });
  });

  it.each(['tags', 'headers', 'settings'] as const)(
    'is not made where only the mark is left: %s',
    (refusal) => {
      const bare = planLessRestore(plan, 'headers', request(), true);

      expect(bare && planLessRestore(bare, refusal, request(), true)).toBeUndefined();
    },
  );
});
