import { deadLetterSettings } from '../../compose/operator/dead-letters.ts';
import { findLetters } from '../../core/operate/dead-letters/find-letters.ts';
import { collectRows } from '../frame/collect-rows.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { type OutputFlags, openOutput } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { wholeNumber } from '../frame/whole-number.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';
import { type LetterRow, listColumns } from './letter-rows.ts';
import { filterOf, type LetterFlags, queuesFor } from './letters.ts';
import { watchHidden } from './watch-hidden.ts';

export interface DlqListFlags extends OperatorFlags, OutputFlags, LetterFlags {
  readonly limit: string;
}

/** Lists parked messages. They are invisible while the command looks, and visible again at its end. */
export async function runDlqList(flags: DlqListFlags, context: CommandContext): Promise<ExitCode> {
  const { progress, signal, terminal } = context;
  const output = openOutput(terminal, listColumns(new Date()), flags);
  const filter = filterOf(flags);
  const limit = wholeNumber('--limit', flags.limit, 1);
  const { clients, settings } = await openOperator(flags, context, deadLetterSettings);
  const watched = watchHidden(await queuesFor(clients, settings, filter));
  let isCut = false;
  const rows = await collectRows<LetterRow>(output, context, async (found) => {
    for await (const letter of findLetters(watched.queues, filter, signal)) {
      if (found.length === limit) {
        isCut = true;
        break;
      }
      found.push({ letter });
      progress.say(`Looking at parked messages: ${found.length}`);
    }
  });
  output.write(rows);
  if (isCut)
    terminal.err.write(
      `Only the first ${limit === 1 ? 'message is' : `${limit} messages are`} shown; --limit shows more.\n`,
    );
  else {
    if (rows.length === 0) terminal.err.write('No parked message fits.\n');
    watched.tellHidden(terminal);
  }
  return exitCode.done;
}
