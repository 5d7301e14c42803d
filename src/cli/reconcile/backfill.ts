import { compareFindings } from '../../core/operate/reconcile/compare-findings.ts';
import { countFindings, type FindingsCount } from '../../core/operate/reconcile/count-findings.ts';
import { daysOf } from '../../core/operate/reconcile/days.ts';
import { findingFilter } from '../../core/operate/reconcile/finding-filter.ts';
import type { FindingState } from '../../core/operate/reconcile/finding-state.ts';
import { sendFindings } from '../../core/operate/reconcile/send-findings.ts';
import { isConfirmed } from '../frame/ask.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { progressOn } from '../frame/progress.ts';
import { type Rate, rateOf } from '../frame/rate.ts';
import { rowStream } from '../frame/row-stream.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { conditionsOf } from '../list-filters.ts';
import type { BackfillFlags } from './backfill-flags.ts';
import { backfillColumns } from './finding-rows.ts';
import { openFindings, spanOf } from './findings-place.ts';
import { resumeText } from './resume-text.ts';

/** What is parked has to be repaired and replayed, so that it is not sent. */
const unfinished: ReadonlySet<FindingState> = new Set(['no-record', 'held', 'dry-run']);
const everything: ReadonlySet<FindingState> = new Set([...unfinished, 'done', 'readable']);

/** Sends Macie's findings of a time to the queue, as EventBridge would have done. */
export async function runBackfill(flags: BackfillFlags, context: CommandContext): Promise<ExitCode> {
  const { signal, terminal } = context;
  const rows = rowStream(context, backfillColumns, flags);
  const { account, bucket, identifier, key, severity } = conditionsOf(flags, new Date());
  const conditions = {
    ...(account && { account }),
    ...(bucket && { bucket }),
    ...(identifier && { identifier }),
    ...(key && { key }),
    ...(severity && { severity }),
  };
  const rate = rateOf(flags.rate);
  const span = spanOf(flags);
  const place = await openFindings(flags, terminal);
  const progress = progressOn(terminal);
  try {
    const whole = { ...span, regions: place.regions };
    progress.say('Counting the findings');
    const count = await countFindings(place.ports.archive, whole, signal);
    progress.clear();
    terminal.err.write(`${costText(count, span.since, place.regions, rate)}\n`);
    if (count.findings > 0 && !flags.dryRun) {
      if (!(await isConfirmed(terminal, 'Send them to the findings queue?', flags, signal))) {
        terminal.err.write('Nothing was sent.\n');
        return exitCode.failed;
      }
    }
    const sender = flags.dryRun ? undefined : await place.sender();
    const choice = {
      states: flags.again ? everything : unfinished,
      matches: findingFilter(conditions),
      pace: () => rate.next(signal),
      ...(sender && { sender }),
    };
    const counted = { sent: 0, tooLarge: 0, recorded: 0 };
    let reached = span.since;
    try {
      const compared = compareFindings(place.ports, whole, { withOrphans: false });
      for await (const one of sendFindings(compared, choice, signal)) {
        if (one.sending === undefined) counted.recorded += 1;
        else if (one.sending === 'too-large') counted.tooLarge += 1;
        else counted.sent += 1;
        reached = reachedBy(one, place.regions, span);
        if (one.sending !== undefined) await rows.write(one);
        else progress.say(`Looking at the findings of ${one.day}`);
      }
      progress.clear();
      signal.throwIfAborted();
    } catch (error) {
      progress.clear();
      terminal.err.write(
        `Stopped after ${counted.sent.toLocaleString('en')} findings. ${resumeText(flags, reached, span.until)}\n`,
      );
      throw error;
    }
    await rows.end();
    const verb = flags.dryRun ? 'would be sent' : 'sent';
    terminal.err.write(
      `${counted.sent.toLocaleString('en')} ${verb}; ${counted.recorded.toLocaleString('en')} have a record already.\n`,
    );
    return counted.tooLarge > 0 ? exitCode.failed : exitCode.done;
  } finally {
    progress.clear();
    place.close();
  }
}

/** With several regions, a day is begun again: each region lists its findings by their time. */
function reachedBy(
  { day, finding }: { readonly day: string; readonly finding?: { readonly createdAt: Date } },
  regions: readonly string[],
  span: { readonly since: Date; readonly until: Date },
): Date {
  const start = daysOf(span).find((one) => one.day === day)?.since ?? span.since;
  return regions.length === 1 ? (finding?.createdAt ?? start) : start;
}

function costText(
  { calls, findings }: FindingsCount,
  since: Date,
  regions: readonly string[],
  { intervalMs }: Rate,
): string {
  const number = (value: number) => value.toLocaleString('en');
  const minutes = Math.ceil((findings * intervalMs) / 60_000);
  const where = regions.join(', ');
  return `Macie has ${number(findings)} findings since ${since.toISOString()} in ${where}: ${number(calls)} calls to list and read them, at most ${number(findings)} messages in about ${number(minutes)} min.`;
}
