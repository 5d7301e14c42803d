import { deadLetterSettings } from '../../compose/operator/dead-letters.ts';
import { summaryOf } from '../../core/operate/dead-letters/dead-letter.ts';
import { eachLetter } from '../../core/operate/dead-letters/each-letter.ts';
import { fits } from '../../core/operate/dead-letters/letter-filter.ts';
import { collectRows } from '../frame/collect-rows.ts';
import { type Column, cellText } from '../frame/column.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { blockOf } from '../frame/layout.ts';
import { type OutputFlags, openOutput } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { visible } from '../frame/terminal.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';
import { type LetterRow, listColumns } from './letter-rows.ts';
import { beginningOf, queuesFor } from './letters.ts';
import { watchHidden } from './watch-hidden.ts';

export type DlqShowFlags = OperatorFlags & OutputFlags;

interface ShownLetter extends LetterRow {
  readonly body: string;
}

/** Shows one message with its attributes and its body, a field on a line. */
export async function runDlqShow(
  id: string,
  flags: DlqShowFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { signal, terminal } = context;
  beginningOf('dlq show', id);
  const columns: readonly Column<ShownLetter>[] = [
    ...listColumns(new Date()),
    { name: 'body', title: 'BODY', value: ({ body }) => body },
  ];
  const output = openOutput(terminal, columns, flags, (letters) =>
    letters
      .map((letter) =>
        blockOf(
          columns.map((column) => [column.name, cellText(column, letter)]),
          terminal.columns,
        ),
      )
      .join('\n\n'),
  );
  const { clients, settings } = await openOperator(flags, context, deadLetterSettings);
  const watched = watchHidden(await queuesFor(clients, settings, {}));
  const found = await collectRows<ShownLetter>(output, context, async (letters) => {
    for (const queue of watched.queues) {
      for await (const held of eachLetter(queue, new Set(), { signal })) {
        const shown = { letter: summaryOf(held), body: held.body };
        if (isMeant(shown, id)) letters.push(shown);
      }
    }
  });
  if (found.length === 0) {
    terminal.err.write(`No parked message has the id ${visible(id)}, or is about a finding with this id.\n`);
    watched.tellHidden(terminal);
    return exitCode.failed;
  }
  output.write(found);
  return exitCode.done;
}

function isMeant({ letter }: ShownLetter, id: string): boolean {
  return fits(letter, { findings: [id] }) || fits(letter, { messages: [id] });
}
