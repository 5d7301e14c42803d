import { evidenceOf, isolationBucketSettings } from '../compose/operator/isolation-bucket.ts';
import { parseRecordKey } from '../core/evidence/keys.ts';
import { countAfter, type ListedRecord, type Listing, listRecords } from '../core/operate/list-records.ts';
import { recordFilter } from '../core/operate/record-filter.ts';
import { usageError } from './frame/command-error.ts';
import { type ExitCode, exitCode } from './frame/exit-code.ts';
import { chosenColumns, type OutputFlags } from './frame/output.ts';
import { progressOn } from './frame/progress.ts';
import { rowStream } from './frame/row-stream.ts';
import type { CommandContext } from './frame/run-command.ts';
import { wholeNumber } from './frame/whole-number.ts';
import { conditionsOf, type FilterFlags } from './list-filters.ts';
import { listColumns, needsContent } from './list-rows.ts';
import { type OperatorFlags, openOperator } from './open-operator.ts';

export interface ListFlags extends OperatorFlags, OutputFlags, FilterFlags {
  readonly limit?: string;
  readonly after?: string;
  readonly count?: boolean;
}

const defaultLimit = 40;
/** The names of so many further records are looked at for "40 of 1,204": a hundred listings. */
const mostCounted = 100_000;

/** Lists records, any number of them in bounded memory. */
export async function runList(flags: ListFlags, context: CommandContext): Promise<ExitCode> {
  const { signal, terminal } = context;
  const conditions = conditionsOf(flags, new Date());
  const limit = limitOf(flags);
  const chosen = chosenColumns(listColumns, flags);
  if (flags.after !== undefined && parseRecordKey(flags.after) === undefined) {
    throw usageError('--after takes the key of a record, as the line below a table names it.');
  }
  const { clients, settings } = await openOperator(flags, terminal.env, isolationBucketSettings);
  const progress = progressOn(terminal);
  let unreadable = 0;
  const listing: Listing = {
    evidence: evidenceOf(clients, settings),
    span: conditions,
    filter: recordFilter(conditions),
    reads: flags.count !== true && needsContent(chosen),
    ...(flags.after !== undefined && { after: flags.after }),
    unreadable: () => {
      unreadable += 1;
    },
  };
  try {
    let shown = 0;
    let last: ListedRecord | undefined;
    const rows = flags.count ? undefined : rowStream(context, listColumns, flags);
    progress.say('Looking through the records');
    for await (const found of listRecords(listing)) {
      signal.throwIfAborted();
      shown += 1;
      last = found;
      if (rows === undefined && shown % 1_000 === 0) progress.say(`${numberText(shown)} records so far`);
      if (rows !== undefined && shown === 1) progress.clear();
      await rows?.write(found);
      if (rows !== undefined && shown === limit) break;
    }
    progress.clear();
    await rows?.end();
    if (rows === undefined) {
      terminal.out.write(flags.json || flags.jsonl ? `{"count":${shown}}\n` : `${shown}\n`);
    } else if (shown === 0) {
      terminal.err.write('No record matches.\n');
    } else if (shown === limit && last !== undefined) {
      terminal.err.write(await moreText(listing, shown, last.recordKey));
    }
    if (unreadable > 0) {
      terminal.err.write(
        `${countText(unreadable)} could not be understood, and match no condition about their content.\n`,
      );
    }
    return exitCode.done;
  } finally {
    progress.clear();
    clients.close();
  }
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
  return `${numberText(shown)} of ${about}. --limit 0 shows all, --count counts; --after ${after} goes on.\n`;
}

function countText(count: number): string {
  return count === 1 ? '1 record' : `${numberText(count)} records`;
}

function numberText(count: number): string {
  return count.toLocaleString('en-US');
}
