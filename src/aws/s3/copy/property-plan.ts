import {
  addedTagsMetadata,
  leftBehindMetadata,
  onlyProvenance,
  posesAsOurs,
  withoutProvenance,
} from '../../../core/evidence/provenance.ts';
import type { CopyRequest } from '../../../core/isolation-bucket.ts';
import {
  type ContentHeaders,
  isSettable,
  namesOf,
  type Packed,
  type PropertyName,
  pack,
  propertyNames,
  type Tag,
} from '../../../core/properties.ts';
import type { StoredObject } from '../../../core/source-buckets.ts';
import { copySource } from './copy-source.ts';

/** Properties that a request sends, and that S3 therefore does not copy from the source. */
export interface SentHeaders {
  readonly metadata: Readonly<Record<string, string>>;
  readonly contentHeaders: ContentHeaders;
}

/** How the properties of the source reach the copy. */
export interface PropertyPlan {
  /** If absent, S3 copies metadata and content headers itself. */
  readonly headers?: SentHeaders;
  /** If absent, S3 copies the tags itself. */
  readonly tags?: readonly Tag[];
  readonly left: readonly PropertyName[];
  /** The names of those tags that the source does not have. */
  readonly added?: readonly string[];
  /** The next plan if S3 refuses this one: without the added tags, or without headers beside the tags of the source. */
  readonly otherwise?: PropertyPlan;
}

/**
 * The plan for one CopyObject. S3 itself copies properties that headers cannot carry, unless it would also
 * copy metadata that imitates the provenance.
 */
export function planOfCopy(request: CopyRequest): PropertyPlan {
  const { from, metadata, stored } = request;
  const copied = { left: leftInAnyCase(stored) };
  if (metadata === undefined) return copied;
  const hasToReplace = posesAsOurs(stored.metadata);
  const known = namesOf([...copied.left, ...(hasToReplace ? (['metadata'] as const) : [])]);
  const otherBytes = copySource(from, stored.versionId).length;
  const { carried, left } = packBeside(known, request, [], otherBytes);
  if (left.length > known.length && !hasToReplace) return copied;
  return {
    headers: {
      metadata: { ...carried.metadata, ...onlyProvenance(metadata) },
      contentHeaders: carried.contentHeaders,
    },
    left,
  };
}

/** The plan for an upload in parts, which inherits nothing. `tags` is absent if the tags cannot be read. */
export function planOfParts(request: CopyRequest, tags: readonly Tag[] | undefined): PropertyPlan {
  const { metadata, stored } = request;
  const isMetadataLeft = stored.missingMetadata > 0 || posesAsOurs(stored.metadata);
  const known = namesOf([
    ...leftInAnyCase(stored),
    ...(isMetadataLeft ? (['metadata'] as const) : []),
    ...(tags === undefined ? (['tags'] as const) : []),
  ]);
  const { carried, left } = packBeside(known, request, tags ?? [], 0);
  return {
    headers: {
      metadata: { ...carried.metadata, ...onlyProvenance(metadata ?? {}) },
      contentHeaders: carried.contentHeaders,
    },
    tags: carried.tags,
    left,
  };
}

/** CopyObject does not copy the website redirect, and the redirect must not lead readers of the copy elsewhere. */
function leftInAnyCase({ websiteRedirect }: StoredObject): readonly PropertyName[] {
  return websiteRedirect === undefined ? [] : ['website-redirect-location'];
}

/** The longest list of properties that a copy can name as left behind. */
const allNames: readonly PropertyName[] = [
  ...Object.values(propertyNames),
  'metadata',
  'tags',
  'website-redirect-location',
];

/** `known` holds the properties that are left behind in any case. */
function packBeside(
  known: readonly PropertyName[],
  { metadata = {}, stored }: CopyRequest,
  tags: readonly Tag[],
  otherBytes: number,
): Packed {
  const own = { metadata: withoutProvenance(stored.metadata), contentHeaders: stored.contentHeaders, tags };
  const required = onlyProvenance(metadata);
  const all = pack(own, required, otherBytes);
  const left = namesOf([...known, ...all.left]);
  if (left.length === 0 || Object.keys(required).length === 0) return { carried: all.carried, left };
  // The list of left-behind properties is stored beside the provenance, and needs room too.
  const less = pack(own, { ...required, ...leftBehindMetadata(allNames) }, otherBytes);
  return { carried: less.carried, left: namesOf([...known, ...less.left]) };
}

/**
 * Sends the tags of the source in place of those that S3 would copy by itself. If they and the metadata are too
 * large for the headers of one call, S3 copies the metadata.
 */
export function withOwnTags(
  plan: PropertyPlan,
  { stored }: Pick<CopyRequest, 'stored'>,
  tags: readonly Tag[],
): PropertyPlan {
  const settable = tags.filter(isSettable);
  const left = settable.length < tags.length ? namesOf([...plan.left, 'tags']) : plan.left;
  const sent = { left, tags: settable };
  const { headers } = plan;
  if (headers === undefined) return sent;
  const canCopy = !posesAsOurs(stored.metadata);
  return { ...sent, headers, ...(canCopy && settable.length > 0 && { otherwise: sent }) };
}

/** Leaves the tags behind, because S3 refuses the tags, or the permission to read or set them is missing. */
export function withoutTags(plan: PropertyPlan): PropertyPlan {
  return { ...plan, tags: [], left: namesOf([...plan.left, 'tags']) };
}

/**
 * Returns the user metadata of a copy by this plan. If the metadata holds the provenance, it also names the
 * left-behind properties.
 */
export function metadataOf({ added = [], headers, left }: PropertyPlan): Record<string, string> {
  const metadata = headers?.metadata ?? {};
  return posesAsOurs(metadata)
    ? { ...metadata, ...leftBehindMetadata(left), ...addedTagsMetadata(added) }
    : { ...metadata };
}

/** The properties that a copy by this plan carries, in the form of its answer. */
export function carriedBy({ added, left }: PropertyPlan) {
  return { tagsCopied: !left.includes('tags'), leftBehind: left, ...(added && { addedTags: added }) };
}
