import * as z from 'zod';
import { jsonOf } from '../json.ts';
import type { IsolationBucket, StoredObject } from '../ports.ts';
import { type ContentHeaders, namesOf, type PropertyName, propertyNames, type Tag } from '../properties.ts';
import { keptPropertiesKey } from './keys.ts';
import { withoutProvenance } from './provenance.ts';

/** The source's properties as they were seen, kept beside a copy that does not carry them all. */
export interface KeptProperties {
  readonly metadata: Readonly<Record<string, string>>;
  /** Entries of user metadata that S3 could not show. */
  readonly missingMetadata: number;
  readonly contentHeaders: ContentHeaders;
  readonly websiteRedirect?: string | undefined;
  /** Absent: they could not be read. */
  readonly tags?: readonly Tag[] | undefined;
}

/**
 * Written before the copy. `headerEncoding` tells readers of the JSON how to get at a header's bytes: each character
 * is one byte (decision 0021). Tags are Unicode.
 */
export async function keepProperties(
  isolation: IsolationBucket,
  isolationKey: string,
  { metadata, missingMetadata, contentHeaders, websiteRedirect }: StoredObject,
  tags: readonly Tag[] | undefined,
): Promise<void> {
  const kept: KeptProperties = { metadata, missingMetadata, contentHeaders, websiteRedirect, tags };
  await isolation.put(keptPropertiesKey(isolationKey), JSON.stringify({ headerEncoding: 'latin1', ...kept }));
}

/** `undefined`: nothing was left behind, or what lies there cannot be read. */
export async function readKeptProperties(
  isolation: IsolationBucket,
  isolationKey: string,
): Promise<KeptProperties | undefined> {
  const text = await isolation.get(keptPropertiesKey(isolationKey));
  return schema.safeParse(jsonOf(text)).data as KeptProperties | undefined;
}

/** Which properties of the source a copy shows otherwise, for a copy whose own account of it was never written. */
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
