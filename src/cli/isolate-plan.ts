import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { objectOf } from '../core/evidence/object-columns.ts';
import type { FlaggedObject } from '../core/finding.ts';
import { jsonOf } from '../core/json.ts';
import { checkedETag, checkedVersionId, isBucketName, isObjectKey } from '../core/object-names.ts';
import { regionPattern } from '../core/region.ts';
import { usageError } from './frame/command-error.ts';
import { visible } from './frame/terminal.ts';

/** How much a plan asks for. */
export interface PlanTotals {
  readonly objects: number;
  readonly bytes: number;
  readonly buckets: ReadonlySet<string>;
}

/** Reads the objects of a plan one by one, so that a plan may have any length. Throws at the first line that is wrong. */
export async function* readPlan(path: string): AsyncGenerator<FlaggedObject> {
  let line = 0;
  for await (const text of linesOf(path)) {
    line += 1;
    if (text.trim() === '') continue;
    const read = schema.safeParse(jsonOf(text));
    if (!read.success) {
      const [issue] = read.error.issues;
      const where = issue?.path.join('.');
      throw usageError(
        `Line ${line} of ${visible(path)} names no object${where ? `: ${visible(where)} is missing or wrong` : ''}. Nothing was requested. A line is JSON with account, bucket, key, and version_id or etag.`,
      );
    }
    const { account, bucket, etag, key, region, size, version_id } = read.data;
    yield objectOf({
      account_id: account,
      region: region ?? null,
      bucket,
      key,
      version_id: version_id ?? null,
      etag: etag ?? null,
      size_bytes: size ?? null,
    });
  }
}

/** Reads the whole plan before anything is requested, so that a wrong line is no surprise in the middle of the work. */
export async function planTotals(path: string): Promise<PlanTotals> {
  let objects = 0;
  let bytes = 0;
  const buckets = new Set<string>();
  for await (const { bucket, sizeBytes = 0 } of readPlan(path)) {
    objects += 1;
    bytes += sizeBytes;
    buckets.add(bucket);
  }
  if (objects === 0) throw usageError(`${visible(path)} names no object.`);
  return { objects, bytes, buckets };
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const stream = createReadStream(path, 'utf8');
  try {
    yield* createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code !== 'string') throw error;
    throw usageError(`${visible(path)} cannot be read (${visible(code)}).`);
  } finally {
    stream.destroy();
  }
}

const schema = z
  .object({
    account: z.string().regex(/^\d{12}$/),
    region: z.string().regex(regionPattern).nullish(),
    bucket: z.string().refine(isBucketName),
    key: z.string().refine(isObjectKey),
    version_id: z
      .string()
      .refine((given) => checkedVersionId(given) === given)
      .nullish(),
    etag: z
      .string()
      .refine((given) => checkedETag(given) === given)
      .nullish(),
    size: z.int().nonnegative().nullish(),
  })
  // A plan that names no bytes would isolate whatever lies there by now.
  .refine(({ etag, version_id }) => etag != null || version_id != null, { path: ['version_id or etag'] });
