import { describe, expect, it } from 'vitest';
import { withAddedTags } from '../../../../../src/aws/s3/copy/added-tags.ts';
import { metadataOf, planOfCopy, planOfParts } from '../../../../../src/aws/s3/copy/property-plan.ts';
import { planLess } from '../../../../../src/aws/s3/copy/property-refusal.ts';
import type { CopyRequest } from '../../../../../src/core/isolation-bucket.ts';
import type { Tag } from '../../../../../src/core/properties.ts';
import { type StoredOverrides, storedObject } from '../../../../support/fake-stored-object.ts';
import { flaggedObject } from '../../../../support/findings.ts';

const ours = { 'isolator-finding-id': 'f' };
const own: Tag[] = [['team', 'hr']];
const ofRule: Tag[] = [
  ['team', 'of the rule'],
  ['case', '4711'],
];
const many = (count: number): Tag[] => Array.from({ length: count }, (_, index) => [`tag-${index}`, 'x']);

function request(overrides: StoredOverrides = {}, more: Partial<CopyRequest> = {}): CopyRequest {
  const stored = storedObject('x', { metadata: { owner: 'hr' }, ...overrides });
  const checksum = { algorithm: 'CRC64NVME', value: 'AAAAAAAAAAA=', type: 'FULL_OBJECT' as const };
  const metadata = { owner: 'hr', ...ours };
  return {
    from: flaggedObject(),
    stored,
    isolationKey: 'copy',
    checksum,
    metadata,
    addTags: ofRule,
    ...more,
  };
}

describe.each([
  ['one CopyObject', (about: CopyRequest, tags: readonly Tag[]) => [planOfCopy(about), tags] as const],
  ['parts', (about: CopyRequest, tags: readonly Tag[]) => [planOfParts(about, tags), tags] as const],
])('the tags of a rule on a copy by %s', (_, planned) => {
  const added = (about: CopyRequest, tags: readonly Tag[]) => {
    const [plan, source] = planned(about, tags);
    return { plan, tagged: withAddedTags(plan, about, source) };
  };

  it('come after those of the source, whose names they leave alone', () => {
    const { tagged } = added(request(), own);

    expect(tagged.tags).toStrictEqual([...own, ['case', '4711']]);
    expect(tagged.left).toStrictEqual([]);
    expect(metadataOf(tagged)).toStrictEqual({ owner: 'hr', ...ours, 'isolator-added-tags': 'case' });
  });

  it('are ten in all, the source’s first', () => {
    const rule: Tag[] = [
      ['one', '1'],
      ['two', '2'],
    ];

    expect(added(request({}, { addTags: rule }), many(9)).tagged.tags).toStrictEqual([
      ...many(9),
      ['one', '1'],
    ]);
    expect(added(request({}, { addTags: rule }), many(10)).tagged).not.toHaveProperty('added');
  });

  it('never cost a property of the source', () => {
    const addTags = many(10).map(([name]): Tag => [name, 'é'.repeat(256)]);
    const about = request({}, { addTags });
    const { plan, tagged } = added(about, own);

    expect(tagged).toBe(plan);
  });

  it('are left out where a tag of the source could not be sent beside them', () => {
    const { plan, tagged } = added(request(), [['aws:created-by', 'x']]);

    expect(tagged).toBe(plan);
  });

  it('go first where S3 refuses something', () => {
    const about = request();
    const { plan, tagged } = added(about, own);

    for (const refusal of ['tags', 'headers'] as const)
      expect(planLess(tagged, refusal, about, own)).toBe(plan);
  });
});

describe('the tags of a rule', () => {
  it('are left out where the tags of the source are not known', () => {
    const plan = planOfCopy(request());

    expect(withAddedTags(plan, request(), undefined)).toBe(plan);
  });

  it('are left out where the copy has no provenance in its metadata, for nothing could name them', () => {
    const { metadata: _, ...bare } = request();
    const plan = planOfCopy(bare);

    expect(withAddedTags(plan, bare, own)).toBe(plan);
  });
});
