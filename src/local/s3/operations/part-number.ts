import type { S3Request } from '../http/http-request.ts';
import { S3Error } from '../s3-error.ts';
import type { Version } from '../store/bucket.ts';

export interface AskedPart {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Absent if the object was not uploaded in parts. */
  readonly count?: number;
}

/** Part 1 of an object that was not uploaded in parts is the whole object. */
export function askedPart({ query, headers }: S3Request, version: Version): AskedPart | undefined {
  const asked = query.get('partNumber');
  if (asked === undefined) return undefined;
  if (headers['range'] !== undefined) {
    throw new S3Error('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter');
  }
  const number = Number(asked);
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
  }
  const sizes = version.partBytes ?? [version.sizeBytes];
  const sizeBytes = sizes[number - 1];
  if (sizeBytes === undefined) throw new S3Error('InvalidPartNumber');
  const from = sizes.slice(0, number - 1).reduce((sum, bytes) => sum + bytes, 0);
  return { from, to: from + sizeBytes, ...(version.partBytes && { count: version.partBytes.length }) };
}
