import { alertsOf } from '../../compose/operator/alerts.ts';
import { evidenceOf } from '../../compose/operator/isolation-bucket.ts';
import { releaseOf, releaseSettings } from '../../compose/operator/release.ts';
import { type Listing, listRecords } from '../../core/operate/records/list-records.ts';
import { type ToldAgain, tellAgain } from '../../core/operate/tell-again.ts';
import { alertAgain } from '../../core/tell/alert-again.ts';
import { isConfirmed } from '../frame/ask.ts';
import type { Column } from '../frame/column.ts';
import { CommandError, usageError } from '../frame/command-error.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import type { OutputFlags } from '../frame/output.ts';
import { rowStream } from '../frame/row-stream.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { countText } from '../frame/size-text.ts';
import { stoppedSending } from '../frame/stopped-early.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';
import { type ChoiceFlags, choiceOf } from './list-filters.ts';

export interface ResendFlags extends OperatorFlags, OutputFlags, ChoiceFlags {
  readonly yes?: boolean;
  readonly count?: boolean;
  readonly limit?: string;
}

interface Resent {
  readonly findingId: string;
  readonly outcome: string;
  readonly result: string;
  readonly recordKey: string;
}

const resendColumns: readonly Column<Resent>[] = [
  { name: 'finding_id', title: 'FINDING', value: ({ findingId }) => findingId, isWhole: true },
  { name: 'outcome', title: 'OUTCOME', value: ({ outcome }) => outcome },
  { name: 'result', title: 'RESULT', value: ({ result }) => result },
  { name: 'record_key', title: 'RECORD', value: ({ recordKey }) => recordKey, isDetail: true },
];

function checkResend({ alert = [], count, limit }: ResendFlags): void {
  if (alert.length !== 1 || alert[0] !== 'failed' || count || limit !== undefined) {
    throw usageError(
      '--resend tells people who were not told: give it with --alert failed, without --count and --limit.',
    );
  }
}

/** Tells people of every record that is chosen, one after another. */
export async function runResend(flags: ResendFlags, context: CommandContext): Promise<ExitCode> {
  checkResend(flags);
  const { progress, signal, terminal } = context;
  const choice = choiceOf(flags, new Date());
  const rows = rowStream(context, resendColumns, flags);
  const { clients, settings } = await openOperator(flags, context, [...releaseSettings, 'ALERT_TOPIC_ARN']);
  if (settings.ALERT_TOPIC_ARN === undefined) {
    throw new CommandError('ALERT_TOPIC_ARN is not set, so nobody can be told.', exitCode.configuration);
  }
  const evidence = evidenceOf(clients, settings);
  let unreadable = 0;
  const listing: Listing = { ...choice, evidence, reads: true, unreadable: () => void (unreadable += 1) };
  progress.say('Looking for alerts that failed');
  const count = await countOf(listing, signal);
  const doubtful = unreadable;
  progress.clear();
  if (count === 0) {
    await rows.end();
    terminal.err.write(unreadable === 0 ? 'No alert failed.\n' : `${notUnderstood(unreadable)}\n`);
    return unreadable === 0 ? exitCode.done : exitCode.failed;
  }
  const question = `Tell people of ${countText(count, 'record')} whose alert failed?`;
  if (!(await isConfirmed(terminal, question, flags, signal, 'or leave out --resend to look'))) {
    terminal.err.write('Nobody was told.\n');
    return exitCode.failed;
  }
  const { clock, isolationBucket } = releaseOf(clients, settings);
  const ports = { alerts: await alertsOf(clients, settings.ALERT_TOPIC_ARN), clock, isolationBucket };
  let [done, looked] = [0, 0];
  try {
    for await (const { findingId, outcome, record, recordKey } of listRecords(listing)) {
      signal.throwIfAborted();
      const alert = record && alertAgain(recordKey, record, settings.ISOLATION_BUCKET);
      const told = alert && (await tellAgain(recordKey, alert, ports));
      looked += 1;
      if (told?.kind === 'sent' || told?.kind === 'told-before') done += 1;
      await rows.write({ findingId, outcome, recordKey, result: textOf(told) });
      // The next alerts would not be noted either.
      if (told?.kind === 'not-noted') throw told.error;
    }
    await rows.end();
  } catch (error) {
    const text = `Stopped after ${looked} of ${count}. Run the same command again to go on.`;
    return stoppedSending(error, rows, context, text);
  }
  if (doubtful > 0) terminal.err.write(`${notUnderstood(doubtful)}\n`);
  return done === looked && doubtful === 0 ? exitCode.done : exitCode.failed;
}

function notUnderstood(count: number): string {
  return `${countText(count, 'record')} could not be understood: whether their alerts failed is unknown.`;
}

async function countOf(listing: Listing, signal: AbortSignal): Promise<number> {
  let count = 0;
  for await (const _ of listRecords(listing)) {
    signal.throwIfAborted();
    count += 1;
  }
  return count;
}

function textOf(told: ToldAgain | undefined): string {
  switch (told?.kind) {
    case undefined:
      return 'this version does not know the outcome';
    case 'sent':
      return 'sent';
    case 'told-before':
      return 'was told before';
    case 'no-topic':
      return 'no topic';
    case 'not-noted':
      return 'sent, but not noted: a repetition tells them again';
    case 'failed':
      return `failed again: ${told.code}`;
  }
}
