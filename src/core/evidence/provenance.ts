import * as z from 'zod';
import type { Checksum } from '../checksum.ts';
import type { Finding } from '../finding.ts';
import type { Provenance } from '../isolation.ts';
import type { IsolationBucket } from '../isolation-bucket.ts';
import { jsonOf } from '../json.ts';
import { isPlainAscii, type PropertyName, pack } from '../properties.ts';
import type { StoredObject } from '../source-buckets.ts';
import type { KnownBytes } from './compare-bytes.ts';
import { provenanceKey } from './keys.ts';

/**
 * The prefix of all metadata keys of this service. Metadata of the source under this prefix is not carried
 * over, because it could be forged.
 */
const prefix = 'isolator-';

/**
 * Returns the user metadata of the copy: the metadata of the source and the provenance. Returns `undefined`
 * if they do not fit into S3's 2 KB, or if HTTP cannot repeat the source's metadata faithfully. Then the
 * source's metadata travels by MetadataDirective COPY, and the provenance is written to an object of its own.
 */
export function metadataWithProvenance(
  stored: StoredObject,
  provenance: Provenance,
): Record<string, string> | undefined {
  const own = withoutProvenance(stored.metadata);
  const ours = toMetadata(provenance);
  const { carried, left } = pack({ metadata: own, contentHeaders: stored.contentHeaders, tags: [] }, ours);
  const isRepeatable = stored.missingMetadata === 0 && Object.values(ours).every(isPlainAscii);
  if (isRepeatable && left.length === 0) return { ...own, ...ours };
  return posesAsOurs(stored.metadata) ? { ...carried.metadata, ...ours } : undefined;
}

/**
 * Whether the metadata imitates the provenance. Such metadata must not reach the copy by MetadataDirective
 * COPY, because it could be forged.
 */
export function posesAsOurs(metadata: Readonly<Record<string, string>>): boolean {
  return Object.keys(metadata).some((key) => key.startsWith(prefix));
}

/** Returns the metadata of a copy without the provenance. */
export function withoutProvenance(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !key.startsWith(prefix)));
}

/** Returns only the provenance in the metadata of a copy. */
export function onlyProvenance(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => key.startsWith(prefix)));
}

/** Returns the metadata that names the properties which the copy does not carry; empty if the copy carries all. */
export function leftBehindMetadata(names: readonly PropertyName[]): Record<string, string> {
  return names.length === 0 ? {} : { [`${prefix}left-behind`]: names.join(' ') };
}

/** Returns the metadata that names the tags which a rule added to the copy. */
export function addedTagsMetadata(names: readonly string[]): Record<string, string> {
  return names.length === 0 ? {} : { [`${prefix}added-tags`]: names.map(encodeURIComponent).join(' ') };
}

/**
 * Reads the provenance of a copy: from the metadata, else from the provenance object. Provenance that does
 * not parse counts as absent.
 */
export async function readProvenance(
  isolation: IsolationBucket,
  key: string,
  copy: StoredObject,
): Promise<Provenance | undefined> {
  const inMetadata = fromMetadata(copy.metadata);
  if (inMetadata !== undefined) return inMetadata;
  return parseProvenance(jsonOf(await isolation.get(provenanceKey(key))));
}

export function provenanceOf(
  finding: Finding,
  stored: StoredObject,
  checksum: Checksum,
  now: Date,
  serviceVersion: string,
): Provenance {
  return {
    findingId: finding.id,
    sourceETag: stored.eTag,
    ...(stored.versionId !== undefined && { sourceVersionId: stored.versionId }),
    sizeBytes: stored.sizeBytes,
    checksum,
    ...(stored.md5 !== undefined && { md5: stored.md5 }),
    ...(stored.lastModified && { lastModified: stored.lastModified.toISOString() }),
    storageClass: stored.storageClass,
    ...(stored.replicationStatus !== undefined && { replicationStatus: stored.replicationStatus }),
    isolatedAt: now.toISOString(),
    serviceVersion,
  };
}

/** Returns the facts about the flagged bytes that the provenance of their copy holds. */
export function flaggedBytesOf({ sizeBytes, checksum, md5, sourceETag }: Provenance): KnownBytes {
  return { sizeBytes, checksum, eTag: sourceETag, ...(md5 !== undefined && { md5 }) };
}

type Texts = Omit<Provenance, 'sizeBytes' | 'checksum' | 'leftBehind' | 'addedTags'>;

/** The metadata key of each text. */
const names: Readonly<Record<keyof Texts, string>> = {
  findingId: 'finding-id',
  sourceETag: 'source-etag',
  sourceVersionId: 'source-version-id',
  md5: 'source-md5',
  lastModified: 'source-last-modified',
  storageClass: 'source-storage-class',
  replicationStatus: 'source-replication-status',
  isolatedAt: 'isolated-at',
  serviceVersion: 'service-version',
};

function toMetadata({
  addedTags = [],
  checksum,
  leftBehind = [],
  sizeBytes,
  ...texts
}: Provenance): Record<string, string> {
  const known = Object.entries(texts).map(([field, value]) => [prefix + names[field as keyof Texts], value]);
  return {
    ...(Object.fromEntries(known) as Record<string, string>),
    [`${prefix}source-size`]: String(sizeBytes),
    [`${prefix}checksum`]: checksum.value,
    [`${prefix}checksum-algorithm`]: checksum.algorithm,
    [`${prefix}checksum-type`]: checksum.type,
    ...leftBehindMetadata(leftBehind),
    ...addedTagsMetadata(addedTags),
  };
}

function fromMetadata(metadata: Readonly<Record<string, string>>): Provenance | undefined {
  const read = (name: string) => metadata[`${prefix}${name}`];
  const texts = Object.entries(names).map(([field, name]) => [field, read(name)]);
  return parseProvenance({
    ...Object.fromEntries(texts),
    sizeBytes: Number(read('source-size') ?? Number.NaN),
    checksum: {
      value: read('checksum'),
      algorithm: read('checksum-algorithm'),
      type: read('checksum-type'),
    },
    leftBehind: read('left-behind')?.split(' '),
    addedTags: namesIn(read('added-tags')),
  });
}

/** Names that cannot be decoded count as absent. */
function namesIn(text: string | undefined): string[] | undefined {
  try {
    return text?.split(' ').map((name) => decodeURIComponent(name));
  } catch {
    return undefined;
  }
}

function parseProvenance(value: unknown): Provenance | undefined {
  return provenanceSchema.safeParse(value).data as Provenance | undefined;
}

const provenanceSchema = z.object({
  findingId: z.string(),
  sourceETag: z.string(),
  sourceVersionId: z.string().optional(),
  sizeBytes: z.int().nonnegative(),
  checksum: z.object({
    value: z.string(),
    algorithm: z.string(),
    type: z.enum(['FULL_OBJECT', 'COMPOSITE']),
  }),
  md5: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  lastModified: z.iso.datetime().optional(),
  storageClass: z.string().optional(),
  replicationStatus: z.string().optional(),
  isolatedAt: z.iso.datetime(),
  serviceVersion: z.string(),
  leftBehind: z.array(z.string()).optional(),
  addedTags: z.array(z.string()).optional(),
});
