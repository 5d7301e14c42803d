import { releaseMark } from '../../../core/evidence/release-records.ts';
import { fenceTag } from '../../../core/fences.ts';
import {
  type ContentHeaders,
  isSettable,
  maximumTags,
  namesOf,
  type PropertyName,
  pack,
  propertyNames,
  type Tag,
} from '../../../core/properties.ts';
import type { RestoreRequest } from '../../../core/restorer.ts';
import type { SentHeaders } from './property-plan.ts';
import type { PropertyRefusal } from './property-refusal.ts';

/** How the properties of the original, and the mark of the release, return to the source. */
export interface RestorePlan {
  /** If absent, S3 copies metadata and content headers of the isolated object. */
  readonly headers?: SentHeaders;
  /** If absent, S3 copies the tags of the isolated object. */
  readonly tags?: readonly Tag[];
  readonly storageClass: string;
  readonly websiteRedirect?: string;
  readonly lost: readonly PropertyName[];
}

const markTag: Tag = [releaseMark, 'true'];
const markMetadata = { [releaseMark]: 'true' };

/**
 * The mark is a tag if there is room for one more tag, else user metadata. `canCopy` means one CopyObject:
 * there S3 itself can copy either metadata or tags, if the mark is in the other. `copyTags` is absent if the
 * tags cannot be read.
 */
export function planRestore(
  request: RestoreRequest,
  copyTags: readonly Tag[] | undefined,
  canCopy: boolean,
  otherBytes: number,
): RestorePlan {
  const { contentHeaders, isFaithful, isolated, metadata, storageClass, websiteRedirect } = request;
  // An object that is released a second time still has the first mark. Tags of a rule are of the copy alone. A
  // fence is about the object that lay there, and never returns.
  const notOriginal = new Set([releaseMark, fenceTag, ...(request.tags ? [] : (request.addedTags ?? []))]);
  const tags = (request.tags ?? copyTags ?? []).filter(([key]) => !notOriginal.has(key));
  const settable = tags.filter(isSettable);
  const isTag = settable.length < maximumTags;
  const packWith = (some: readonly Tag[], required: Readonly<Record<string, string>>) => {
    const bytes = otherBytes + (websiteRedirect?.length ?? 0);
    const { carried, left } = pack({ metadata, contentHeaders, tags: some }, required, bytes);
    const isHidden = isolated.missingMetadata > 0;
    return {
      headers: {
        metadata: { ...carried.metadata, ...required },
        contentHeaders: carried.contentHeaders,
      },
      tags: carried.tags,
      lost: namesOf([
        ...left.filter((name) => name !== 'tags'),
        ...(isHidden ? (['metadata'] as const) : []),
      ]),
    };
  };
  const common = { storageClass, ...(websiteRedirect !== undefined && { websiteRedirect }) };
  const all = isTag ? packWith([...settable, markTag], {}) : packWith(settable, markMetadata);
  const isUnread = request.tags === undefined && copyTags === undefined;
  const tagsLost = settable.length < tags.length || isUnread ? (['tags'] as const) : [];
  if (all.tags.length > 0) {
    const { headers, ...rest } = { ...common, ...all, lost: namesOf([...all.lost, ...tagsLost]) };
    const isCopied = all.lost.length > 0 && isTag && isFaithful && canCopy;
    return isCopied ? { ...rest, lost: tagsLost } : { ...rest, headers };
  }
  const isOnCopy = request.tags === undefined && copyTags?.length === tags.length;
  if (canCopy && isOnCopy) {
    const { headers, lost } = packWith([], markMetadata);
    return { ...common, headers, lost };
  }
  const { headers, lost } = packWith([markTag], {});
  if (lost.length > 0 && isFaithful && canCopy) return { ...common, tags: [markTag], lost: ['tags'] };
  return { ...common, headers, tags: [markTag], lost: namesOf([...lost, 'tags']) };
}

/** Returns the plan of the next attempt after this refusal, or `undefined` if no further property can be left out. */
export function planLessRestore(
  plan: RestorePlan,
  refusal: PropertyRefusal,
  { isFaithful }: RestoreRequest,
  canCopy: boolean,
): RestorePlan | undefined {
  const { headers, tags, websiteRedirect } = plan;
  const tagsLost = tags?.some(([key]) => key !== releaseMark) === true ? (['tags'] as const) : [];
  const isMarkedByTag = tags?.some(([key]) => key === releaseMark) === true;
  if (refusal === 'tags') {
    if (tags !== undefined && tagsLost.length === 0) return undefined;
    return { ...plan, tags: isMarkedByTag ? [markTag] : [], lost: namesOf([...plan.lost, 'tags']) };
  }
  const settingsLost: PropertyName[] = [
    ...(plan.storageClass === 'STANDARD' ? [] : (['storage-class'] as const)),
    ...(websiteRedirect === undefined ? [] : (['website-redirect-location'] as const)),
  ];
  if (refusal === 'settings') {
    if (settingsLost.length === 0) return undefined;
    const { websiteRedirect: _, ...rest } = plan;
    return { ...rest, storageClass: 'STANDARD', lost: namesOf([...plan.lost, ...settingsLost]) };
  }
  if (headers !== undefined && isFaithful && canCopy && isMarkedByTag) {
    const { headers: _, ...copied } = plan;
    return copied;
  }
  const { [releaseMark]: mark, ...own } = headers?.metadata ?? {};
  const headersLost: PropertyName[] = [
    ...(Object.keys(headers?.contentHeaders ?? {}) as (keyof ContentHeaders)[]).map(
      (name) => propertyNames[name],
    ),
    ...(Object.keys(own).length > 0 ? (['metadata'] as const) : []),
  ];
  const lost = [...settingsLost, ...headersLost, ...tagsLost];
  if (lost.length === 0) return undefined;
  return {
    ...(headers && {
      headers: { metadata: mark === undefined ? {} : { [releaseMark]: mark }, contentHeaders: {} },
    }),
    ...(tags && { tags: isMarkedByTag ? [markTag] : [] }),
    storageClass: 'STANDARD',
    lost: namesOf([...plan.lost, ...lost]),
  };
}
