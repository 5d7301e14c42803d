import { parseRecordKey } from '../../core/evidence/keys.ts';
import { severities } from '../../core/finding.ts';
import type { Listing } from '../../core/operate/records/list-records.ts';
import { type RecordConditions, recordFilter } from '../../core/operate/records/record-filter.ts';
import { outcomes } from '../../core/outcome.ts';
import { usageError } from '../frame/command-error.ts';
import { momentOf } from '../frame/moment.ts';
import { visible } from '../frame/terminal.ts';

/** The flags that say which findings are meant. */
export interface FilterFlags {
  readonly since?: string;
  readonly until?: string;
  readonly outcome?: readonly string[];
  readonly bucket?: readonly string[];
  readonly key?: readonly string[];
  readonly account?: readonly string[];
  readonly severity?: readonly string[];
  readonly identifier?: readonly string[];
  readonly rule?: readonly string[];
  readonly origin?: readonly string[];
  readonly alert?: readonly string[];
}

/** The flags that choose records. */
export interface ChoiceFlags extends FilterFlags {
  readonly after?: string;
}

/** Returns the choice of a listing. Throws a usage error for flags that choose nothing. */
export function choiceOf(flags: ChoiceFlags, now: Date): Pick<Listing, 'span' | 'filter' | 'after'> {
  const { after } = flags;
  if (after !== undefined && parseRecordKey(after) === undefined) {
    throw usageError('--after takes the key of a record, as the line below a table names it.');
  }
  const conditions = conditionsOf(flags, now);
  return {
    span: conditions,
    filter: recordFilter(conditions),
    ...(after !== undefined && { after }),
  };
}

/** Reads the conditions. A word that no record can have is a mistake, and would otherwise look like an empty list. */
export function conditionsOf(flags: FilterFlags, now: Date): RecordConditions {
  for (const [flag, words] of Object.entries(wordsOf)) {
    for (const given of flags[flag as keyof typeof wordsOf] ?? []) {
      if (!(words as readonly string[]).includes(given)) {
        throw usageError(`--${flag} takes ${words.join(', ')}; not ${visible(given)}.`);
      }
    }
  }
  for (const given of flags.account ?? []) {
    if (!/^\d{12}$/.test(given)) throw usageError(`--account takes twelve digits; not ${visible(given)}.`);
  }
  const { since: from, until: to, ...rest } = flags;
  const since = from === undefined ? undefined : momentOf('--since', from, now, 'start');
  const until = to === undefined ? undefined : momentOf('--until', to, now, 'end');
  if (since !== undefined && until !== undefined && since >= until) {
    throw usageError('--since must be before --until.');
  }
  const { account, alert, bucket, identifier, key, origin, outcome, rule, severity } = rest;
  return {
    ...(since && { since }),
    ...(until && { until }),
    ...(account && { account }),
    ...(alert && { alert }),
    ...(bucket && { bucket }),
    ...(identifier && { identifier }),
    ...(key && { key }),
    ...(origin && { origin }),
    ...(outcome && { outcome }),
    ...(rule && { rule }),
    ...(severity && { severity }),
  };
}

const wordsOf = {
  outcome: Object.keys(outcomes),
  severity: severities as readonly string[],
  origin: ['eventbridge', 'backfill', 'replay', 'manual'],
  alert: ['sent', 'folded', 'failed', 'none'],
} as const satisfies Record<string, readonly string[]>;
