import * as z from 'zod';
import { objectFields } from '../../core/evidence/object-columns.ts';
import { actions } from '../../core/policy/schema.ts';
import { unreadableRegion } from '../../core/region.ts';

/** The action of a policy for one object. `dry_run`: the rule that isolates has `dryRun`. */
export const planActions = z.enum([...actions, 'dry_run']);

/**
 * The fields of a plan's line: an object with the names of the columns of records, and what is to be done about it.
 * `policy simulate --out` writes such lines, and `isolate --plan` reads them.
 */
export const planFields = z.object({
  ...objectFields,
  region: objectFields.region.or(z.literal(unreadableRegion)),
  action: planActions,
  rule: z.string(),
});
