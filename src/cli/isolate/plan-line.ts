import * as z from 'zod';
import { checkedETag, checkedVersionId, isBucketName, isObjectKey } from '../../core/object-names.ts';
import { actions } from '../../core/policy/schema.ts';
import { regionPattern, unreadableRegion } from '../../core/region.ts';

/** The action of a policy for one object. `dry_run`: the rule that isolates has `dryRun`. */
export const planActions = z.enum([...actions, 'dry_run']);

/**
 * The fields of a plan's line: an object with the names of the columns of records, and what is to be done about it.
 * `policy simulate --out` writes such lines, and `isolate --plan` reads them.
 */
export const planFields = z.object({
  account_id: z.string().regex(/^\d{12}$/),
  region: z.string().regex(regionPattern).or(z.literal(unreadableRegion)).nullable(),
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
  action: planActions,
  rule: z.string(),
});
