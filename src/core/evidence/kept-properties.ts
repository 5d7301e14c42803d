import * as z from 'zod';
import type { IsolationBucket } from '../isolation-bucket.ts';
import { jsonOf } from '../json.ts';
import { type ContentHeaders, namesOf, type PropertyName, propertyNames, type Tag } from '../properties.ts';
import type { StoredObject } from '../source-buckets.ts';
import { keptPropertiesKey } from './keys.ts';
import { withoutProvenance } from './provenance.ts';

/** The properties of the source, which are kept beside a copy that does not carry all of them. */
export interface KeptProperties {
  readonly metadata: Readonly<Record<string, string>>;
  /** The number of entries of user metadata that S3 could not show. */
  readonly missingMetadata: number;
  readonly contentHeaders: ContentHeaders;
  readonly websiteRedirect?: string | undefined;
  /** Absent if the tags could not be read. */
  readonly tags?: readonly Tag[] | undefined;
}

/**
 * Must be called before the copy is made. `headerEncoding` tells readers of the JSON how to get the bytes of
 * a header: each character is one byte (decision 0021). Tags are Unicode. `others`: an earlier handling kept the
 * properties of another write at this key. Its bytes may be the same, and what is kept is never overwritten.
 */
export async function keepProperties(
  isolation: IsolationBucket,
  isolationKey: string,
  { metadata, missingMetadata, contentHeaders, websiteRedirect }: StoredObject,
  tags: readonly Tag[] | undefined,
): Promise<'kept' | 'others'> {
  const properties: KeptProperties = { metadata, missingMetadata, contentHeaders, websiteRedirect, tags };
  const text = JSON.stringify({ headerEncoding: 'latin1', ...properties });
  if ((await isolation.put(keptPropertiesKey(isolationKey), text)) === 'written') return 'kept';
  const kept = await readKeptProperties(isolation, isolationKey);
  return kept !== undefined && identityOf(kept) === identityOf(properties) ? 'kept' : 'others';
}

/** S3 shows metadata and tags in any order. */
function identityOf({
  contentHeaders,
  metadata,
  missingMetadata,
  tags,
  websiteRedirect,
}: KeptProperties): string {
  const sorted = (pairs: readonly (readonly [string, string | undefined])[]) =>
    pairs.filter(([, value]) => value !== undefined).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    sorted(Object.entries(metadata)),
    missingMetadata,
    sorted(Object.entries(contentHeaders)),
    websiteRedirect,
    tags && sorted(tags),
  ]);
}

/** The properties at one isolation key are those of another write, so the copy needs another key. */
export class OtherPropertiesKeptError extends Error {}

/** Returns `undefined` if nothing was left behind, or if the object cannot be read. */
export async function readKeptProperties(
  isolation: IsolationBucket,
  isolationKey: string,
): Promise<KeptProperties | undefined> {
  const text = await isolation.get(keptPropertiesKey(isolationKey));
  return schema.safeParse(jsonOf(text)).data as KeptProperties | undefined;
}

/**
 * Returns the properties of the source that differ in the copy. It serves copies whose own list of
 * left-behind properties was never written.
 */
export function differingProperties(source: StoredObject, copy: StoredObject): readonly PropertyName[] {
  const headers = Object.keys(propertyNames) as (keyof ContentHeaders)[];
  const shown = ({ metadata, missingMetadata }: StoredObject) =>
    JSON.stringify([
      Object.entries(withoutProvenance(metadata)).sort(([a], [b]) => (a < b ? -1 : 1)),
      missingMetadata,
    ]);
  return namesOf([
    ...headers
      .filter((name) => source.contentHeaders[name] !== copy.contentHeaders[name])
      .map((name) => propertyNames[name]),
    ...(shown(source) === shown(copy) ? [] : (['metadata'] as const)),
    ...(source.tagCount === copy.tagCount ? [] : (['tags'] as const)),
    ...(source.websiteRedirect === undefined ? [] : (['website-redirect-location'] as const)),
  ]);
}

const header = z.string().optional();
const schema = z.object({
  metadata: z.record(z.string(), z.string()),
  missingMetadata: z.int().nonnegative(),
  contentHeaders: z.object({
    cacheControl: header,
    contentDisposition: header,
    contentEncoding: header,
    contentLanguage: header,
    contentType: header,
    expires: header,
  }),
  websiteRedirect: header,
  tags: z.array(z.tuple([z.string(), z.string()])).optional(),
});
