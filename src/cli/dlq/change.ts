import { changeLetters } from '../../core/operate/dead-letters/change-letters.ts';
import type { LetterSummary } from '../../core/operate/dead-letters/dead-letter.ts';
import { NotDeletedError } from '../../core/operate/dead-letters/delete-letter.ts';
import type { DeadLetterQueue, HeldLetter } from '../../core/operate/dead-letters/each-letter.ts';
import { findLetters } from '../../core/operate/dead-letters/find-letters.ts';
import type { LetterFilter } from '../../core/operate/dead-letters/letter-filter.ts';
import { isConfirmed } from '../frame/ask.ts';
import { collectRows } from '../frame/collect-rows.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import type { RowOutput } from '../frame/output.ts';
import type { Rate } from '../frame/rate.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { showRowsDone } from '../frame/show-rows-done.ts';
import { countText } from '../frame/size-text.ts';
import { quoted } from '../frame/terminal.ts';
import type { LetterRow } from './letter-rows.ts';
import { watchHidden } from './watch-hidden.ts';

/** What `dlq replay` or `dlq discard` does about each message. */
export interface Change {
  readonly flags: { readonly dryRun?: boolean; readonly yes?: boolean };
  /** Whether the message will be left as it is, and why; otherwise what `--dry-run` says. */
  plan(letter: LetterSummary): { readonly result: string; readonly isDone: boolean };
  question(messages: string): string;
  readonly refused: string;
  /** Called once, when the change is confirmed. */
  begin(): Promise<(letter: HeldLetter, queue: DeadLetterQueue) => Promise<LetterResult>>;
  /** What is said of a message of which only the deletion failed. */
  readonly notDeleted: string;
  readonly rate: Rate;
}

export interface LetterResult {
  readonly result: string;
  readonly isDone: boolean;
}

/** The error ends the command, once the message has its row. */
interface ActedOn extends LetterResult {
  readonly error?: unknown;
}

type ChangedRow = LetterRow & LetterResult;

/** A received message waits for its turn at most so long, so that others do not see it meanwhile. */
const longestTurnMs = 30_000;

/** Finds the messages, shows or asks, and changes them one by one. It can be repeated after any end. */
export async function changeChosen(
  queues: readonly DeadLetterQueue[],
  filter: LetterFilter,
  change: Change,
  output: RowOutput<LetterRow>,
  context: CommandContext,
): Promise<ExitCode> {
  const { progress, signal, terminal } = context;
  const shown = change.flags.dryRun ? output : undefined;
  const watched = watchHidden(queues);
  const planned = await collectRows<ChangedRow>(shown, context, async (found) => {
    for await (const letter of findLetters(watched.queues, filter, signal)) {
      found.push({ letter, ...change.plan(letter) });
      progress.say(`Looking at parked messages: ${found.length}`);
    }
  });
  const ready = planned.filter(({ isDone }) => isDone);
  const left = planned.filter(({ isDone }) => !isDone);
  if (planned.length === 0) terminal.err.write('No parked message fits.\n');
  watched.tellHidden(terminal);
  if (change.flags.dryRun || ready.length === 0) {
    output.write(planned);
    return left.length === 0 ? exitCode.done : exitCode.failed;
  }
  const question = change.question(messagesText(ready.map(({ letter }) => letter)));
  if (!(await isConfirmed(terminal, question, change.flags, signal))) {
    terminal.err.write(`${change.refused}\n`);
    return exitCode.failed;
  }
  const act = await change.begin();
  const changing = changeLetters(
    queues,
    ready.map(({ letter }) => letter),
    {
      async act(letter, queue) {
        const result: ActedOn = await act(letter, queue).catch((error: unknown) => {
          if (!(error instanceof NotDeletedError)) throw error;
          return { result: change.notDeleted, isDone: false, error: error.cause };
        });
        return { isGone: result.isDone, result };
      },
      pause: () => change.rate.next(signal),
      batch: Math.min(10, Math.max(1, Math.floor(longestTurnMs / change.rate.intervalMs))),
    },
    signal,
  );
  const toDo = { count: ready.length, left, output, promise: 'it repeats nothing' };
  return await showRowsDone<ChangedRow>(toDo, context, async (done) => {
    await change.rate.next(signal);
    for await (const { letter, result: actedOn } of changing) {
      const { error, ...result } = actedOn;
      done.push({ letter, ...result });
      if (error !== undefined) throw error;
      progress.say(`${done.length} of ${ready.length}`);
    }
    if (signal.aborted || done.length === ready.length) return;
    // Nothing stopped the command: the queue did not give these messages again.
    const met = new Set(done.map(({ letter }) => letter.messageId));
    const unmet = ready.filter(({ letter }) => !met.has(letter.messageId));
    done.push(...unmet.map(({ letter }) => ({ letter, result: notMet, isDone: false })));
    progress.clear();
    terminal.err.write(`${notMetText(unmet.length, ready.length)}\n`);
  });
}

const notMet = 'not met: somebody else took it or holds it';

/** A message that is gone and a message that is invisible look the same. */
function notMetText(unmet: number, all: number): string {
  const [were, them] = unmet === 1 ? ['was', 'it'] : ['were', 'them'];
  return `${unmet} of ${countText(all, 'message')} ${were} not met again: somebody else took ${them}, or holds ${them} for at most two minutes. \`dlq list\` shows what is left.`;
}

/** Returns the number of messages, with those of the most frequent reasons. */
function messagesText(letters: readonly LetterSummary[]): string {
  const counts = [...Map.groupBy(letters, ({ reason }) => reason)].map(
    ([reason, of]) => [reason, of.length] as const,
  );
  const most = counts.toSorted(([, one], [, other]) => other - one).slice(0, 3);
  const named = most.map(([reason, count]) => `${count} ${quoted(reason)}`).join(', ');
  const more = counts.length > most.length ? ', …' : '';
  return `${countText(letters.length, 'message')} (${named}${more})`;
}
