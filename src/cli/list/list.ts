import { evidenceOf, isolationBucketSettings } from '../../compose/operator/isolation-bucket.ts';
import {
  countAfter,
  type ListedRecord,
  type Listing,
  listRecords,
} from '../../core/operate/records/list-records.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { chosenColumns, type OutputFlags } from '../frame/output.ts';
import { rowStream } from '../frame/row-stream.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { countText } from '../frame/size-text.ts';
import { visible } from '../frame/terminal.ts';
import { wholeNumber } from '../frame/whole-number.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';
import { type ChoiceFlags, choiceOf } from './list-filters.ts';
import { listColumns, needsContent } from './list-rows.ts';

export interface ListFlags extends OperatorFlags, OutputFlags, ChoiceFlags {
  readonly limit?: string;
  readonly count?: boolean;
}

const defaultLimit = 40;
/** The names of so many further records are looked at for "40 of 1,204": a hundred listings. */
const mostCounted = 100_000;

/** Lists records, any number of them in bounded memory. */
export async function runList(flags: ListFlags, context: CommandContext): Promise<ExitCode> {
  const choice = choiceOf(flags, new Date());
  const limit = limitOf(flags);
  const chosen = chosenColumns(listColumns, flags);
  const { terminal } = context;
  const { clients, settings } = await openOperator(flags, context, isolationBucketSettings);
  let unreadable = 0;
  const listing: Listing = {
    ...choice,
    evidence: evidenceOf(clients, settings),
    reads: flags.count !== true && needsContent(chosen),
    unreadable: () => {
      unreadable += 1;
    },
  };
  await (flags.count ? writeCount(listing, flags, context) : writeRows(listing, limit, flags, context));
  if (unreadable > 0) {
    terminal.err.write(
      `${countText(unreadable, 'record')} could not be understood, and match no condition about their content.\n`,
    );
  }
  return exitCode.done;
}

async function writeCount(
  listing: Listing,
  { json, jsonl }: OutputFlags,
  { progress, signal, terminal }: CommandContext,
): Promise<void> {
  let count = 0;
  progress.say('Looking through the records');
  for await (const _ of listRecords(listing)) {
    signal.throwIfAborted();
    count += 1;
    if (count % 1_000 === 0) progress.say(`${numberText(count)} records so far`);
  }
  progress.clear();
  terminal.out.write(json || jsonl ? `{"count":${count}}\n` : `${count}\n`);
}

async function writeRows(
  listing: Listing,
  limit: number,
  flags: OutputFlags,
  context: CommandContext,
): Promise<void> {
  const { progress, signal, terminal } = context;
  const rows = rowStream(context, listColumns, flags);
  let shown = 0;
  let last: ListedRecord | undefined;
  progress.say('Looking through the records');
  try {
    for await (const found of listRecords(listing)) {
      signal.throwIfAborted();
      if (shown === 0) progress.clear();
      shown += 1;
      last = found;
      await rows.write(found);
      if (shown === limit) break;
    }
    progress.clear();
    await rows.end();
  } finally {
    rows.stop();
  }
  if (last === undefined) terminal.err.write('No record matches.\n');
  else if (shown === limit) terminal.err.write(await moreText(listing, shown, last.recordKey));
}

function limitOf({ json, jsonl, limit }: ListFlags): number {
  const asked = limit === undefined ? undefined : wholeNumber('--limit', limit);
  const usual = json || jsonl ? 0 : defaultLimit;
  return (asked ?? usual) || Number.POSITIVE_INFINITY;
}

/** Describes what the limit left out. */
async function moreText(listing: Listing, shown: number, after: string): Promise<string> {
  const { isCut, possible, sure } = await countAfter(listing, after, mostCounted);
  if (sure + possible === 0) return '';
  const total = numberText(shown + sure + possible);
  const about = isCut ? `more than ${total}` : possible > 0 ? `at most ${total}` : total;
  return `${numberText(shown)} of ${about}. --limit 0 shows all, --count counts; --after ${visible(after)} goes on.\n`;
}

function numberText(count: number): string {
  return count.toLocaleString('en-US');
}
