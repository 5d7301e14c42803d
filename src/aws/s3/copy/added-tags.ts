import { addedTagsMetadata, leftBehindMetadata } from '../../../core/evidence/provenance.ts';
import type { CopyRequest } from '../../../core/isolation-bucket.ts';
import { isSettable, maximumTags, pack, type Tag } from '../../../core/properties.ts';
import { copySource } from './copy-source.ts';
import type { PropertyPlan } from './property-plan.ts';

/**
 * Adds the tags of the rule to the plan of a copy. The tags of the source come first: a tag that the source has
 * stays as it is, and a tag is added only if the copy carries everything else as before. Nothing is added if the
 * tags of the source are not known, or if the metadata has no room for the names, by which a release leaves the
 * tags out. `tags` are those of the source.
 */
export function withAddedTags(
  plan: PropertyPlan,
  { addTags = [], from, stored }: CopyRequest,
  tags: readonly Tag[] | undefined,
): PropertyPlan {
  const { headers } = plan;
  if (headers === undefined || tags === undefined || !tags.every(isSettable)) return plan;
  // An upload in parts that has no room for the tags of the source has none for others.
  if (plan.tags !== undefined && plan.tags.length < tags.length) return plan;
  const taken = new Set(tags.map(([name]) => name));
  const added = addTags.filter(([name]) => !taken.has(name)).slice(0, maximumTags - tags.length);
  if (added.length === 0) return plan;
  const names = added.map(([name]) => name);
  const all = [...tags, ...added];
  const { contentHeaders, metadata } = headers;
  const required = { ...leftBehindMetadata(plan.left), ...addedTagsMetadata(names) };
  const otherBytes = copySource(from, stored.versionId).length;
  const { left } = pack(
    { metadata: { ...metadata, ...required }, contentHeaders, tags: all },
    {},
    otherBytes,
  );
  return left.length > 0 ? plan : { ...plan, tags: all, added: names, otherwise: plan };
}
