import * as z from 'zod';
import type { FlaggedObject } from '../finding.ts';
import { checkedETag, checkedVersionId, isBucketName, isObjectKey } from '../object-names.ts';
import { regionPattern } from '../region.ts';

/** The fields by which records, requests and the lines of a simulation name an object. */
export interface ObjectColumns {
  readonly account_id: string;
  readonly region: string | null;
  readonly bucket: string;
  readonly key: string;
  readonly version_id: string | null;
  readonly etag: string | null;
  readonly size_bytes: number | null;
}

/** Checks these fields where a request or a plan names the object. */
export const objectFields = {
  account_id: z.string().regex(/^\d{12}$/),
  region: z.string().regex(regionPattern).nullable(),
  bucket: z.string().refine(isBucketName),
  key: z.string().refine(isObjectKey),
  version_id: z
    .string()
    .refine((given) => checkedVersionId(given) === given)
    .nullable(),
  etag: z
    .string()
    .refine((given) => checkedETag(given) === given)
    .nullable(),
  size_bytes: z.int().nonnegative().nullable(),
};

export function columnsOf(object: FlaggedObject): ObjectColumns {
  return {
    account_id: object.accountId,
    region: object.region ?? null,
    bucket: object.bucket,
    key: object.key,
    version_id: object.versionId ?? null,
    etag: object.eTag ?? null,
    size_bytes: object.sizeBytes ?? null,
  };
}

export function objectOf(columns: ObjectColumns): FlaggedObject {
  const { account_id: accountId, bucket, etag, key, region, size_bytes, version_id } = columns;
  return {
    accountId,
    ...(region !== null && { region }),
    bucket,
    key,
    ...(version_id !== null && { versionId: version_id }),
    ...(etag !== null && { eTag: etag }),
    ...(size_bytes !== null && { sizeBytes: size_bytes }),
  };
}
