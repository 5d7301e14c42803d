import { findingsSenderOf } from '../../compose/operator/dead-letters.ts';
import { findingsArchiveOf } from '../../compose/operator/findings-archive.ts';
import { evidenceOf, isolationBucketSettings } from '../../compose/operator/isolation-bucket.ts';
import { usageError } from '../frame/command-error.ts';
import { momentOf } from '../frame/moment.ts';
import { type OperatorContext, type OperatorFlags, openOperator } from '../open-operator.ts';

/** Macie forgets a finding after so long. */
const keptDays = 90;
const dayMs = 86_400_000;
/** A younger finding may still be on its way. */
const onItsWayMs = 15 * 60_000;

export interface SpanFlags {
  readonly since: string;
  readonly until?: string;
}

/** Returns the span of a command, which begins no earlier than what Macie keeps. */
export function spanOf(flags: SpanFlags, now = new Date()): { readonly since: Date; readonly until: Date } {
  const since = momentOf('--since', flags.since, now, 'start');
  const until =
    flags.until === undefined
      ? new Date(now.getTime() - onItsWayMs)
      : earlierOf(momentOf('--until', flags.until, now, 'end'), now);
  if (since >= until) {
    throw usageError('--since must be before --until, which is a quarter of an hour ago by default.');
  }
  const oldest = now.getTime() - keptDays * dayMs;
  // A command that is sent a moment later is no mistake: it begins on the same day.
  if (since.getTime() < oldest - (oldest % dayMs)) {
    throw usageError(`Macie keeps findings for ${keptDays} days: --since takes 90d at most.`);
  }
  // Records of findings that Macie has forgotten since must not count as records without a finding.
  return { since: new Date(Math.max(since.getTime(), oldest)), until };
}

/** Each day of a span costs calls, and a day that is still to come has no finding. */
function earlierOf(one: Date, other: Date): Date {
  return one < other ? one : other;
}

/** Everything that `backfill` and `reconcile` ask. */
export async function openFindings(flags: OperatorFlags, context: OperatorContext) {
  const { clients, settings } = await openOperator(flags, context, [
    ...isolationBucketSettings,
    'ALLOWED_SOURCE_REGIONS',
  ]);
  return {
    regions: settings.ALLOWED_SOURCE_REGIONS ?? [settings.AWS_REGION],
    ports: { archive: findingsArchiveOf(clients), evidence: evidenceOf(clients, settings) },
    sender: () => findingsSenderOf(clients, settings),
  };
}
