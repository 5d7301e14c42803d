import { whyUnknown } from '../compose/doctor/why-unknown.ts';
import { type Check, runChecks } from '../core/operate/doctor/run-checks.ts';
import type { Checked } from '../core/operate/doctor/verdict.ts';
import { checkText } from './check-text.ts';
import { collectRows } from './frame/collect-rows.ts';
import { type Column, type OutputFlags, openOutput, type RowOutput } from './frame/output.ts';
import type { CommandContext } from './frame/run-command.ts';
import type { Terminal } from './frame/terminal.ts';

/** The columns of checks: of an installation, and before a deployment. In JSON they are a contract: docs/cli.md, doctor. */
export const checkColumns: readonly Column<Checked>[] = [
  { name: 'check', title: 'CHECK', value: ({ check }) => check },
  { name: 'state', title: 'STATE', value: ({ verdict }) => verdict.state },
  {
    name: 'why',
    title: 'WHY',
    value: ({ verdict }) => (verdict.state === 'ok' ? (verdict.note ?? null) : verdict.why),
  },
  {
    name: 'mend',
    title: 'MEND',
    value: ({ verdict }) => ('mend' in verdict ? (verdict.mend ?? null) : null),
  },
];

/** Opens the output of checks: people read them as sentences. */
export function openCheckOutput(terminal: Terminal, flags: OutputFlags): RowOutput<Checked> {
  return openOutput(terminal, checkColumns, flags, (checked) => checkText(checked, terminal.columns));
}

/** Makes the checks one after the other, with progress, and shows them. */
export async function makeChecks(
  checks: readonly Check[],
  output: RowOutput<Checked>,
  context: Pick<CommandContext, 'progress' | 'signal' | 'terminal'>,
): Promise<readonly Checked[]> {
  const { progress, signal, terminal } = context;
  const checked = await collectRows<Checked>(output, context, async (found) => {
    for await (const each of runChecks(checks, whyUnknown)) {
      signal.throwIfAborted();
      found.push(each);
      progress.say(`${found.length} of ${checks.length} checks`);
    }
  });
  output.write(checked);
  terminal.err.write(summaryOf(checked));
  return checked;
}

function summaryOf(checked: readonly Checked[]): string {
  const count = (state: Checked['verdict']['state']) =>
    checked.filter(({ verdict }) => verdict.state === state).length;
  return `${count('ok')} ok, ${count('wrong')} wrong, ${count('look')} to look at, ${count('unknown')} could not be checked.\n`;
}
