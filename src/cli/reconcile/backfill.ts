import { type CompareSpan, compareFindings } from '../../core/operate/reconcile/compare-findings.ts';
import { countFindings, type FindingsCount } from '../../core/operate/reconcile/count-findings.ts';
import { daysOf } from '../../core/operate/reconcile/days.ts';
import { findingFilter } from '../../core/operate/reconcile/finding-filter.ts';
import type { FindingState } from '../../core/operate/reconcile/finding-state.ts';
import { type Compared, sendFindings } from '../../core/operate/reconcile/send-findings.ts';
import { isConfirmed } from '../frame/ask.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { notGivenText } from '../frame/not-given-text.ts';
import { chosenColumns } from '../frame/output.ts';
import { type Rate, rateOf } from '../frame/rate.ts';
import { rowStream } from '../frame/row-stream.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { countText } from '../frame/size-text.ts';
import { stoppedSending } from '../frame/stopped-early.ts';
import { conditionsOf } from '../list/list-filters.ts';
import type { BackfillFlags } from './backfill-flags.ts';
import { backfillColumns } from './finding-rows.ts';
import { openFindings, spanOf } from './findings-place.ts';
import { resumeText } from './resume-text.ts';

/** A parked finding has to be repaired and replayed, so it is not sent. */
const unfinished: ReadonlySet<FindingState> = new Set(['no-record', 'held', 'dry-run']);
const everything: ReadonlySet<FindingState> = new Set([...unfinished, 'done', 'readable']);

/** Sends Macie's findings of a time to the queue, as EventBridge would have done. */
export async function runBackfill(flags: BackfillFlags, context: CommandContext): Promise<ExitCode> {
  const { progress, signal, terminal } = context;
  chosenColumns(backfillColumns, flags);
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
  const place = await openFindings(flags, context);
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
  const compared = compareFindings(place.ports, whole, { withOrphans: false });
  return await sendAll(sendFindings(compared, choice, signal), whole, flags, context);
}

/** Writes a row for each finding that is sent and, if the command is stopped, how to go on. */
async function sendAll(
  sending: AsyncIterable<Compared>,
  span: CompareSpan,
  flags: BackfillFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { progress, signal, terminal } = context;
  const rows = rowStream(context, backfillColumns, flags);
  const number = (value: number) => value.toLocaleString('en');
  let [sent, recorded, tooLarge, notGiven] = [0, 0, 0, 0];
  let reached = span.since;
  try {
    for await (const one of sending) {
      reached = reachedBy(one, span);
      const isNotGiven = one.state === 'not-given';
      if (isNotGiven) notGiven += 1;
      else if (one.sending === undefined) recorded += 1;
      else if (one.sending === 'too-large') tooLarge += 1;
      else sent += 1;
      if (one.sending === undefined && !isNotGiven) progress.say(`Looking at the findings of ${one.day}`);
      else await rows.write(one);
    }
    signal.throwIfAborted();
    await rows.end();
  } catch (error) {
    const goOn = resumeText(flags, reached, span.until);
    return stoppedSending(error, rows, context, `Stopped after ${countText(sent, 'finding')}. ${goOn}`);
  }
  progress.clear();
  const verb = flags.dryRun ? 'would be sent' : 'sent';
  terminal.err.write(`${number(sent)} ${verb}; ${number(recorded)} have a record already.\n`);
  if (notGiven > 0) terminal.err.write(`${notGivenText(notGiven)}\n`);
  return tooLarge + notGiven > 0 ? exitCode.failed : exitCode.done;
}

/** With several regions, a day is begun again: each region lists its findings by their time. */
function reachedBy(
  { day, finding }: { readonly day: string; readonly finding?: { readonly createdAt: Date } },
  { regions, ...span }: CompareSpan,
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
  const minutes = Math.ceil((findings * intervalMs) / 60_000);
  const where = regions.join(', ');
  return `Macie has ${countText(findings, 'finding')} since ${since.toISOString()} in ${where}: ${countText(calls, 'call')} to list and read them, at most ${countText(findings, 'message')} in about ${minutes.toLocaleString('en')} min.`;
}
