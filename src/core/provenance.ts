import * as z from 'zod';
import type { Checksum } from './checksum.ts';
import type { Finding } from './finding.ts';
import { sha256Hex } from './isolation-key.ts';
import type { IsolationBucket, StoredObject } from './ports.ts';
import { isPlainAscii, type PropertyName, pack } from './properties.ts';

/** Where a copy comes from and what proves it whole after the source is gone. */
export interface Provenance {
  readonly findingId: string;
  readonly sourceETag: string;
  readonly sourceVersionId?: string;
  readonly sizeBytes: number;
  readonly checksum: Checksum;
  readonly isolatedAt: string;
  readonly serviceVersion: string;
  readonly storageClass?: string;
  /** Properties of the source that the copy does not carry; their values are kept beside it. */
  readonly leftBehind?: readonly PropertyName[];
}

/** All of our metadata keys begin so; a source's own under this prefix are not carried over, or they could lie. */
const prefix = 'isolator-';

/**
 * The user metadata of the copy: the source's and the provenance. `undefined` where they do not fit
 * into S3's 2 KB, or where the source's cannot be repeated faithfully over HTTP: then the source's
 * travel by MetadataDirective COPY and the provenance goes into an object of its own.
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

/** Metadata that poses as ours must not reach the copy: what S3 copies unseen could lie. */
export function posesAsOurs(metadata: Readonly<Record<string, string>>): boolean {
  return Object.keys(metadata).some((key) => key.startsWith(prefix));
}

/** What a copy's metadata was before provenance was added. */
export function withoutProvenance(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !key.startsWith(prefix)));
}

/** Of a copy's metadata, what is not the source's. */
export function onlyProvenance(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => key.startsWith(prefix)));
}

/** Says in a copy's metadata what the copy does not carry; nothing where it carries everything. */
export function leftBehindMetadata(names: readonly PropertyName[]): Record<string, string> {
  return names.length === 0 ? {} : { [`${prefix}left-behind`]: names.join(' ') };
}

/** Where the provenance lies that found no room in the copy's metadata. */
export function provenanceKey(isolationKey: string): string {
  return `provenance/${sha256Hex(isolationKey)}.json`;
}

/**
 * Reads the provenance of a copy. The object of its own is looked at first where the metadata carries
 * none, and what does not parse counts as none.
 */
export async function readProvenance(
  isolation: IsolationBucket,
  key: string,
  copy: StoredObject,
): Promise<Provenance | undefined> {
  const inMetadata = fromMetadata(copy.metadata);
  if (inMetadata !== undefined) return inMetadata;
  const json = await isolation.get(provenanceKey(key));
  return json === undefined ? undefined : parseProvenance(json);
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
    isolatedAt: now.toISOString(),
    serviceVersion,
    storageClass: stored.storageClass,
  };
}

function toMetadata(provenance: Provenance): Record<string, string> {
  return {
    [`${prefix}finding-id`]: provenance.findingId,
    [`${prefix}source-etag`]: provenance.sourceETag,
    ...(provenance.sourceVersionId !== undefined && {
      [`${prefix}source-version-id`]: provenance.sourceVersionId,
    }),
    [`${prefix}source-size`]: String(provenance.sizeBytes),
    [`${prefix}checksum`]: provenance.checksum.value,
    [`${prefix}checksum-algorithm`]: provenance.checksum.algorithm,
    [`${prefix}checksum-type`]: provenance.checksum.type,
    [`${prefix}isolated-at`]: provenance.isolatedAt,
    [`${prefix}service-version`]: provenance.serviceVersion,
    ...(provenance.storageClass !== undefined && {
      [`${prefix}source-storage-class`]: provenance.storageClass,
    }),
    ...leftBehindMetadata(provenance.leftBehind ?? []),
  };
}

function fromMetadata(metadata: Readonly<Record<string, string>>): Provenance | undefined {
  const read = (name: string) => metadata[`${prefix}${name}`];
  return provenanceSchema.safeParse({
    findingId: read('finding-id'),
    sourceETag: read('source-etag'),
    sourceVersionId: read('source-version-id'),
    sizeBytes: Number(read('source-size') ?? Number.NaN),
    checksum: {
      value: read('checksum'),
      algorithm: read('checksum-algorithm'),
      type: read('checksum-type'),
    },
    isolatedAt: read('isolated-at'),
    serviceVersion: read('service-version'),
    storageClass: read('source-storage-class'),
    leftBehind: read('left-behind')?.split(' '),
  }).data as Provenance | undefined;
}

function parseProvenance(json: string): Provenance | undefined {
  try {
    return provenanceSchema.safeParse(JSON.parse(json)).data as Provenance | undefined;
  } catch {
    return undefined;
  }
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
  isolatedAt: z.string(),
  serviceVersion: z.string(),
  storageClass: z.string().optional(),
  leftBehind: z.array(z.string()).optional(),
});
