import { identityOf } from '../../core/evidence/keys.ts';
import type { FlaggedObject } from '../../core/finding.ts';
import type { Column } from '../frame/output.ts';
import { countText, sizeText } from '../frame/size-text.ts';
import { visible } from '../frame/terminal.ts';

/** The result of a release for one finding id. */
export interface ReleaseRow {
  /** The id as it was given, which may be the beginning of the finding's id. */
  readonly asked: string;
  readonly findingId: string;
  readonly object?: FlaggedObject;
  readonly result: string;
  readonly isDone: boolean;
  /** Whether it is known before the release that this version stays isolated. */
  readonly isLeft?: true;
  /** Whether the object has no copy, and is released where it is. */
  readonly isInPlace?: true;
  /** Whether the same release may go well later. */
  readonly mayBeRepeated?: true;
  readonly sourceLastModified?: string;
  readonly eTag?: string;
  readonly versionId?: string;
  readonly lost?: readonly string[];
}

export function questionAbout(rows: readonly ReleaseRow[]): string {
  const objects = distinctObjects(rows);
  const bytes = objects.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0);
  const buckets = [...new Set(objects.map(({ bucket }) => `s3://${bucket}`))];
  const where = buckets.length <= 3 ? buckets.join(', ') : `${buckets.length} buckets`;
  return `${countText(objects.length, 'object')}, ${sizeText(bytes)}, back to ${where}?`;
}

/** Several rows may be about one object: an id and its beginning, or two findings. */
function distinctObjects(rows: readonly ReleaseRow[]): readonly FlaggedObject[] {
  const objects = rows.flatMap(({ object }) => object ?? []);
  return [...new Map(objects.map((object) => [identityOf(object), object])).values()];
}

export function addressOf({ bucket, key }: FlaggedObject): string {
  return `s3://${bucket}/${visible(key)}`;
}

export const columns: readonly Column<ReleaseRow>[] = [
  { name: 'finding_id', title: 'FINDING', value: ({ findingId }) => findingId, isWhole: true },
  { name: 'result', title: 'RESULT', value: ({ result }) => result },
  { name: 'bucket', title: 'BUCKET', value: ({ object }) => object?.bucket ?? null },
  { name: 'key', title: 'KEY', value: ({ object }) => object?.key ?? null },
  { name: 'size_bytes', title: 'BYTES', value: ({ object }) => object?.sizeBytes ?? null },
  { name: 'etag', title: 'ETAG', value: ({ eTag }) => eTag ?? null, isDetail: true },
  { name: 'version_id', title: 'VERSION', value: ({ versionId }) => versionId ?? null, isDetail: true },
  { name: 'lost', title: 'LOST', value: ({ lost }) => lost?.join(',') || null },
];
