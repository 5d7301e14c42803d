import * as z from 'zod';
import type { Checksum } from './checksum.ts';
import type { Finding } from './finding.ts';
import { sha256Hex } from './isolation-key.ts';
import type { IsolationBucket, StoredObject } from './ports.ts';

/** Where a copy comes from and what proves it whole after the source is gone. */
export interface Provenance {
  readonly findingId: string;
  readonly sourceETag: string;
  readonly sourceVersionId?: string;
  readonly sizeBytes: number;
  readonly checksum: Checksum;
  readonly isolatedAt: string;
  readonly serviceVersion: string;
}

/** All of our metadata keys begin so; a source's own under this prefix are not carried over, or they could lie. */
const prefix = 'isolator-';

/** S3's limit for all keys and values of an object's user metadata together. */
const maximumMetadataBytes = 2048;

/**
 * The user metadata of the copy: the source's and the provenance. `undefined` where they do not fit
 * into S3's 2 KB, or where the source's cannot be repeated faithfully over HTTP: then the source's
 * travel by MetadataDirective COPY and the provenance goes into an object of its own.
 */
export function metadataWithProvenance(
  stored: StoredObject,
  provenance: Provenance,
): Record<string, string> | undefined {
  const own = Object.entries(withoutProvenance(stored.metadata));
  const entries = [...own, ...Object.entries(toMetadata(provenance))];
  const bytes = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  const { expires } = stored.contentHeaders;
  const repeatable =
    stored.missingMetadata === 0 &&
    [...entries.flat(), ...Object.values(stored.contentHeaders)].every(isPlainAscii) &&
    (expires === undefined || new Date(expires).toUTCString() === expires);
  if (repeatable && bytes <= maximumMetadataBytes) return Object.fromEntries(entries);
  // Metadata that poses as ours must not reach the copy by COPY either: then ours goes alone.
  const forged = own.length < Object.keys(stored.metadata).length;
  return forged ? toMetadata(provenance) : undefined;
}

/** What a copy's metadata was before provenance was added. */
export function withoutProvenance(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !key.startsWith(prefix)));
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
  };
}

function isPlainAscii(value: string): boolean {
  return /^[\u0020-\u007e]*$/.test(value);
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
});
