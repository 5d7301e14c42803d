import { compareFindings } from '../../core/operate/reconcile/compare-findings.ts';
import type { FindingState } from '../../core/operate/reconcile/finding-state.ts';
import { sendFindings } from '../../core/operate/reconcile/send-findings.ts';
import { isConfirmed } from '../frame/ask.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { type OutputFlags, openOutput } from '../frame/output.ts';
import { rateOf } from '../frame/rate.ts';
import { rowStream } from '../frame/row-stream.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { countText } from '../frame/size-text.ts';
import { stoppedSending } from '../frame/stopped-early.ts';
import type { OperatorFlags } from '../open-operator.ts';
import { reconcileColumns } from './finding-rows.ts';
import { openFindings, type SpanFlags, spanOf } from './findings-place.ts';
import { countTotals, differencesOf, spanText, totalColumns, totalsText } from './totals.ts';

export interface ReconcileFlags extends OperatorFlags, OutputFlags, SpanFlags {
  readonly send?: boolean;
  readonly sendHeld?: boolean;
  readonly sendDryRun?: boolean;
  readonly rate: string;
  readonly differences?: boolean;
  readonly totals?: boolean;
  readonly yes?: boolean;
}

/** Compares Macie's findings with the records, and sends what has to be sent again. */
export async function runReconcile(flags: ReconcileFlags, context: CommandContext): Promise<ExitCode> {
  const { progress, signal, terminal } = context;
  const totalOutput = flags.totals ? openOutput(terminal, totalColumns, flags) : undefined;
  const rows = flags.totals ? undefined : rowStream(context, reconcileColumns, flags);
  const rate = rateOf(flags.rate);
  const span = spanOf(flags);
  const states = statesToSend(flags);
  const place = await openFindings(flags, context);
  if (
    states.size > 0 &&
    !(await isConfirmed(terminal, question(states), flags, signal, 'or leave out what it sends to look'))
  ) {
    terminal.err.write('Nothing was compared, and nothing was sent.\n');
    return exitCode.failed;
  }
  const sender = states.size > 0 ? await place.sender() : undefined;
  const counted = countTotals({ ...span, endsBeforeNow: flags.until === undefined });
  const compared = compareFindings(place.ports, { ...span, regions: place.regions }, { withOrphans: true });
  const pace = () => rate.next(signal);
  const choice = { states, matches: () => true, pace, ...(sender && { sender }) };
  let sent = 0;
  try {
    for await (const one of sendFindings(compared, choice, signal)) {
      counted.add(one);
      if (one.sending === 'sent') sent += 1;
      if (rows !== undefined && !(flags.differences && one.state === 'done')) await rows.write(one);
      else progress.say(`Comparing the findings of ${one.day}`);
    }
    progress.clear();
    signal.throwIfAborted();
    await rows?.end();
  } catch (error) {
    const text =
      states.size === 0
        ? 'Stopped before all findings were compared. Run the same command again.'
        : `Stopped after ${countText(sent, 'finding')} sent. Run the same command again to go on.`;
    return stoppedSending(error, rows, context, text);
  }
  const totals = counted.totals();
  totalOutput?.write([totals]);
  if (!flags.totals) terminal.err.write(`${totalsText(totals)}\n`);
  if (!flags.totals || !(flags.json || flags.jsonl)) terminal.err.write(`${spanText(totals.span)}\n`);
  return differencesOf(totals) > 0 ? exitCode.found : exitCode.done;
}

function statesToSend({ send, sendDryRun, sendHeld }: ReconcileFlags): ReadonlySet<FindingState> {
  const states = new Set<FindingState>();
  if (send) states.add('no-record');
  if (sendHeld) states.add('held');
  if (sendDryRun) states.add('dry-run');
  return states;
}

const chosenText: Readonly<Partial<Record<FindingState, string>>> = {
  'no-record': 'without a record',
  held: 'that a limit held',
  'dry-run': 'of a dry run',
};

function question(states: ReadonlySet<FindingState>): string {
  return `Send the findings ${[...states].map((state) => chosenText[state]).join(', and ')} to the findings queue?`;
}
