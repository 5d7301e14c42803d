import * as z from 'zod';
import type { FlaggedObject, RequestedBy } from '../finding.ts';
import { jsonOf } from '../json.ts';
import { sha256Hex } from './keys.ts';
import { columnsOf, objectFields, objectOf } from './object-columns.ts';
import { maximumWordLength } from './word-length.ts';

/** The request of an operator to isolate one object, as `requests/<id>.json` holds it. */
export interface IsolationRequest extends RequestedBy {
  /** `manual-` and 32 hex digits. It stands for the finding id in record, alert and copy. */
  readonly id: string;
  readonly requestedAt: Date;
  readonly object: FlaggedObject;
}

export const requestIdPattern = /^manual-[0-9a-f]{32}$/;

/**
 * Returns the id of the request about these bytes at this place. The id follows from the object alone, so a command
 * that is repeated makes no second request. An object that is put again has another time, and so another id.
 */
export function requestIdOf(object: FlaggedObject, lastModified: Date | undefined): string {
  const { accountId, bucket, key, versionId = null, eTag = null } = object;
  const identity = [accountId, bucket, key, versionId, eTag, lastModified?.toISOString() ?? null];
  return `manual-${sha256Hex(JSON.stringify(identity)).slice(0, 32)}`;
}

/** Formats the object `requests/<id>.json`. */
export function formatRequest({ id, object, requestedAt, who, why }: IsolationRequest): string {
  return JSON.stringify({
    version: 1,
    id,
    requested_at: requestedAt.toISOString(),
    who,
    why,
    ...columnsOf(object),
  });
}

/** Parses a request. Returns `undefined` if the text is not the request with this id. */
export function parseRequest(text: string | undefined, id: string): IsolationRequest | undefined {
  const parsed = schema.safeParse(jsonOf(text)).data;
  if (parsed?.id !== id) return undefined;
  const { requested_at, who, why } = parsed;
  return { id, requestedAt: new Date(requested_at), who, why, object: objectOf(parsed) };
}

const schema = z
  .object({
    version: z.literal(1),
    id: z.string().regex(requestIdPattern),
    requested_at: z.iso.datetime(),
    who: z.string().min(1).max(maximumWordLength),
    why: z.string().min(1).max(maximumWordLength),
    ...objectFields,
  })
  .refine(({ etag, version_id }) => etag !== null || version_id !== null);
