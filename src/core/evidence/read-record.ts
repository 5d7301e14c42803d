import * as z from 'zod';
import type { FlaggedObject } from '../finding.ts';
import { jsonOf } from '../json.ts';
import { objectOf } from './object-columns.ts';

/** The part of an evidence record that commands read: its object, and the key of its copy. */
export interface RecordRead {
  readonly findingId: string;
  readonly outcome: string;
  readonly object: FlaggedObject;
  readonly isolationKey?: string;
  readonly recordedAt: string;
  /** What became of the fence; absent if the handling did not fence. */
  readonly fence?: string;
  /** When the source was last modified, in ISO 8601; absent if the record does not know it. */
  readonly sourceLastModified?: string;
  /** The ids of the versions that this handling removed. */
  readonly removedVersions: readonly string[];
}

/**
 * Parses the JSON of a record of this version or an earlier version. Returns `undefined` if the text is no
 * record, or a record about no object.
 */
export function readRecord(json: string): RecordRead | undefined {
  const read = recordSchema.safeParse(jsonOf(json)).data;
  if (read === undefined) return undefined;
  return {
    findingId: read.finding_id,
    outcome: read.outcome,
    recordedAt: read.recorded_at,
    object: objectOf(read),
    removedVersions: read.removed_versions,
    ...(typeof read.fence === 'string' && { fence: read.fence }),
    ...(read.isolation_key !== null && { isolationKey: read.isolation_key }),
    ...(typeof read.source_last_modified === 'string' && { sourceLastModified: read.source_last_modified }),
  };
}

const recordSchema = z.object({
  finding_id: z.string(),
  outcome: z.string(),
  account_id: z.string(),
  region: z.string().nullable(),
  bucket: z.string(),
  key: z.string(),
  version_id: z.string().nullable(),
  etag: z.string().nullable(),
  size_bytes: z.number().nullable(),
  isolation_key: z.string().nullable(),
  recorded_at: z.string(),
  fence: z.string().nullish(),
  source_last_modified: z.string().nullish(),
  removed_versions: z.array(z.string()).catch([]),
});
