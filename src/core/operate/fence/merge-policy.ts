import { type DenialStatement, fenceSid } from '../../fence/denial.ts';
import { jsonOf } from '../../json.ts';

/** S3's limit for a bucket policy. */
export const maximumPolicyBytes = 20 * 1_024;

export interface BucketPolicy {
  readonly [name: string]: unknown;
  readonly Statement: readonly unknown[];
}

export type Merge =
  | {
      readonly kind: 'merged';
      readonly change: 'added' | 'replaced' | 'none';
      readonly before: BucketPolicy;
      readonly after: BucketPolicy;
    }
  | { readonly kind: 'too-large'; readonly bytes: number }
  /** The policy that is there is not understood, so nothing is put in its place. */
  | { readonly kind: 'unreadable' };

/**
 * Puts our statement into the policy of a bucket: in the place of ours that is there, or at the end. All other
 * statements stay as they are.
 */
export function mergeIntoPolicy(present: string | undefined, ours: DenialStatement): Merge {
  const before = present === undefined ? emptyPolicy : policyOf(present);
  if (before === undefined) return { kind: 'unreadable' };
  const place = before.Statement.findIndex(isOurs);
  const old = before.Statement.filter(isOurs);
  if (old.length === 1 && canonical(old[0]) === canonical(ours)) {
    return { kind: 'merged', change: 'none', before, after: before };
  }
  const others = before.Statement.filter((statement) => !isOurs(statement));
  // All statements before the first of ours are others.
  const after = { ...before, Statement: others.toSpliced(place === -1 ? others.length : place, 0, ours) };
  const bytes = Buffer.byteLength(JSON.stringify(after));
  if (bytes > maximumPolicyBytes) return { kind: 'too-large', bytes };
  return { kind: 'merged', change: place === -1 ? 'added' : 'replaced', before, after };
}

const emptyPolicy: BucketPolicy = { Version: '2012-10-17', Statement: [] };

/** A policy of one statement may hold it without a list. */
function policyOf(text: string): BucketPolicy | undefined {
  const parsed = jsonOf(text);
  if (typeof parsed !== 'object' || parsed === null || !('Statement' in parsed)) return undefined;
  const { Statement } = parsed;
  if (typeof Statement !== 'object' || Statement === null) return undefined;
  return { ...parsed, Statement: Array.isArray(Statement) ? Statement : [Statement] };
}

function isOurs(statement: unknown): boolean {
  return (
    typeof statement === 'object' && statement !== null && 'Sid' in statement && statement.Sid === fenceSid
  );
}

/** S3 may answer a policy with its lists in another order, and a list of one value as the value. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    const items = value.map(canonical).toSorted();
    return items.length === 1 ? String(items[0]) : `[${items.join()}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(String(value));
  const entries = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`);
  return `{${entries.toSorted().join()}}`;
}
