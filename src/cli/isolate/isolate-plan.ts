import { objectOf } from '../../core/evidence/object-columns.ts';
import type { FlaggedObject } from '../../core/finding.ts';
import { jsonOf } from '../../core/json.ts';
import { usageError } from '../frame/command-error.ts';
import { linesOfFile } from '../frame/input-file.ts';
import { countText } from '../frame/size-text.ts';
import { visible } from '../frame/terminal.ts';
import { planActions, planFields } from './plan-line.ts';

/** A plan as it was read: what is shown to a person is what is requested. */
export interface IsolationPlan {
  /** The objects that are to be isolated. */
  readonly objects: readonly FlaggedObject[];
  /** How many lines say another action than `isolate`, by action. Nothing is requested for them. */
  readonly leftOut: ReadonlyMap<string, number>;
}

/**
 * Reads the whole plan before anything is requested, so that a wrong line is no surprise in the middle of the work. The
 * file is read a single time: it may change while a person is asked, and a pipe is then empty.
 */
export async function readPlan(path: string): Promise<IsolationPlan> {
  const objects: FlaggedObject[] = [];
  const leftOut = new Map<string, number>();
  for await (const { action, object } of planLines(path)) {
    if (action === 'isolate') objects.push(object);
    else leftOut.set(action, (leftOut.get(action) ?? 0) + 1);
  }
  if (objects.length > 0) return { objects, leftOut };
  const others = leftOutText(leftOut);
  throw usageError(`${visible(path)} names no object to isolate.${others && ` ${others}`}`);
}

/** A sentence about the lines that are left out. Empty if there are none. */
export function leftOutText(leftOut: ReadonlyMap<string, number>): string {
  const count = [...leftOut.values()].reduce((sum, one) => sum + one, 0);
  if (count === 0) return '';
  const actions = [...leftOut]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([action, lines]) => `${action}: ${lines.toLocaleString('en')}`);
  return `Left out: ${countText(count, 'line')} with another action than isolate (${actions.join(', ')}).`;
}

interface PlanLine {
  readonly action: string;
  readonly object: FlaggedObject;
}

/** Throws at the first line that is wrong. */
async function* planLines(path: string): AsyncGenerator<PlanLine> {
  let line = 0;
  for await (const text of linesOfFile(path)) {
    line += 1;
    if (text.trim() === '') continue;
    const read = schema.safeParse(jsonOf(text));
    if (!read.success) {
      const [issue] = read.error.issues;
      const where = issue?.path.join('.');
      throw usageError(
        `Line ${line} of ${visible(path)} names no object${where ? `: ${visible(where)} is missing or wrong` : ''}. Nothing was requested. A line is JSON with account_id, bucket, key, and version_id or etag, as \`policy simulate --out\` writes it.`,
      );
    }
    const { region = null, version_id = null, etag = null, size_bytes = null, action, ...named } = read.data;
    yield { action, object: objectOf({ ...named, region, version_id, etag, size_bytes }) };
  }
}

/** People write plans too: they may leave out what the object does not need, and mean `isolate`. */
const schema = planFields
  .partial({ region: true, version_id: true, etag: true, size_bytes: true, rule: true })
  .extend({ action: planActions.default('isolate') })
  // A plan that names no bytes would isolate whatever lies there by now.
  .refine(({ etag, version_id }) => etag != null || version_id != null, { path: ['version_id or etag'] });
