import * as z from 'zod';
import { jsonOf } from '../json.ts';

/** A release record, with the names of its fields. */
export interface ReleaseRecord {
  readonly who: string;
  readonly why: string;
  readonly released_at: string;
  readonly finding_id?: string | undefined;
  readonly isolation_key?: string | undefined;
  /** Properties of the original that could not be put back. */
  readonly lost?: readonly string[] | undefined;
}

export function readReleaseRecord(json: string | undefined): ReleaseRecord | undefined {
  return schema.safeParse(jsonOf(json)).data;
}

const schema = z.object({
  who: z.string(),
  why: z.string(),
  released_at: z.string(),
  finding_id: z.string().optional(),
  isolation_key: z.string().optional(),
  lost: z.array(z.string()).optional(),
});
