import { implies } from '../../policy/implies.ts';
import { mayMeet } from '../../policy/may-meet.ts';
import { matcherOf } from '../../policy/pattern.ts';
import { acts, endOf } from '../../policy/policy.ts';
import type { PolicyDocument } from '../../policy/schema.ts';
import type { When } from '../../policy/when-schema.ts';
import { type FilterCriteria, whenOfFilter } from './filter-when.ts';
import { look, ok, problemsOr, type Verdict, wrong } from './verdict.ts';

/** The policy with which filters and exclusions are compared, and where it was found. */
export interface PolicySeen {
  readonly document: PolicyDocument;
  readonly source: string;
}

/** A findings filter of Macie whose action is to archive. */
export interface ArchivingFilter {
  readonly id: string;
  readonly name: string;
  readonly criteria: FilterCriteria;
}

/** EventBridge gets no finding that a filter archives, so the worker never hears of it. */
export function judgeFilters(
  filters: readonly ArchivingFilter[],
  { document, source }: PolicySeen,
  isolationBucket: string,
  now: Date,
): Verdict {
  const exceptions = (document.never ?? []).filter((entry) => endOf(entry) > now.getTime());
  const problems = filters.map(({ criteria, id, name }) => {
    const archived = whenOfFilter(criteria);
    const isAboutOwnBucket = archived?.bucket?.every((each) => each === isolationBucket) === true;
    if (archived === undefined || isAboutOwnBucket) return undefined;
    if (exceptions.some((entry) => implies(archived, entry.when))) return undefined;
    const hidden = actingRules(document).filter(({ when }) => mayMeet(archived, when));
    if (hidden.length === 0) return undefined;
    return wrong(
      `The filter “${name}” archives findings that ${rulesText(hidden)} of the policy (${source}) would ${verbOf(hidden)}: the worker never hears of them.`,
      `aws macie2 update-findings-filter --id ${id} --action NOOP; or: Name these findings in \`never\` of the policy.`,
    );
  });
  const names = filters.map(({ name }) => name).join(', ');
  return problemsOr(
    ok(names === '' ? 'none archives' : `${names}: nothing that a rule isolates or fences (${source})`),
    problems,
  );
}

/** Text that an allow list names is no detection. Nothing tells which findings there would be without it. */
export function judgeAllowLists(lists: readonly { readonly id: string; readonly name: string }[]): Verdict {
  const [first] = lists;
  if (first === undefined) return ok('none');
  return look(
    `Macie is silent about text that these allow lists name, in jobs and discovery that use them: ${lists.map(({ name }) => name).join(', ')}.`,
    `aws macie2 get-allow-list --id ${first.id}; then: Look whether it names only what may be public.`,
  );
}

/** How automated discovery is set up in the account that decides it. */
export interface Discovery {
  readonly isEnabled: boolean;
  readonly scopeId?: string;
  readonly excludedBuckets: readonly string[];
}

/** Automated discovery never looks into a bucket that is excluded from it. A job may. */
export function judgeExcludedBuckets(
  { excludedBuckets, isEnabled, scopeId = '' }: Discovery,
  { document, source }: PolicySeen,
  isolationBucket: string,
): Verdict {
  if (!isEnabled) return ok('automated discovery is off: only jobs find');
  const change = (bucket: string, operation: 'ADD' | 'REMOVE') =>
    `aws macie2 update-classification-scope --id ${scopeId} --s3 '{"excludes":{"bucketNames":["${bucket}"],"operation":"${operation}"}}'`;
  const overlaps = excludedBuckets.flatMap((bucket) => {
    const rules = actingRules(document).filter(
      ({ when }) => when.bucket?.some((pattern) => matcherOf(pattern)(bucket)) ?? true,
    );
    return bucket === isolationBucket || rules.length === 0 ? [] : [{ bucket, rules }];
  });
  const [first] = overlaps;
  const named = overlaps.slice(0, shownAtMost).map(({ bucket, rules }) => `${bucket} (${rulesText(rules)})`);
  const more = overlaps.length > shownAtMost ? `, and ${overlaps.length - shownAtMost} more` : '';
  return problemsOr(ok(`leaves out ${excludedBuckets.join(', ')}`), [
    first &&
      look(
        `Automated discovery leaves out buckets where the policy (${source}) would ${verbOf(overlaps.flatMap(({ rules }) => rules))}: ${named.join(', ')}${more}.`,
        `${change(first.bucket, 'REMOVE')}; or: Have jobs scan them.`,
      ),
    excludedBuckets.includes(isolationBucket)
      ? undefined
      : look(
          'Automated discovery looks into the isolation bucket, and finds there again what was isolated.',
          change(isolationBucket, 'ADD'),
        ),
  ]);
}

/** A rule without a bucket meets every bucket. */
const shownAtMost = 5;

interface NamedRule {
  readonly name: string;
  readonly action: PolicyDocument['default'];
  readonly when: When;
}

/** The rules that isolate or fence, and the default where it does. */
function actingRules({ default: fallback, rules }: PolicyDocument): readonly NamedRule[] {
  return [...rules, { name: 'default', action: fallback, when: {} }].filter(acts);
}

/** What these rules do. */
function verbOf(rules: readonly NamedRule[]): string {
  return ['isolate', 'fence'].filter((verb) => rules.some(({ action }) => action === verb)).join(' or ');
}

function rulesText(rules: readonly NamedRule[]): string {
  const names = rules.map(({ name }) => name).join(', ');
  return `${rules.length === 1 ? 'rule' : 'rules'} ${names}`;
}
