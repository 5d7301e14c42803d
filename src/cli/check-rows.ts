import { whyUnknown } from '../compose/doctor/why-unknown.ts';
import { type Check, runChecks } from '../core/operate/doctor/run-checks.ts';
import type { Checked } from '../core/operate/doctor/verdict.ts';
import type { Column } from './frame/output.ts';
import type { CommandContext } from './frame/run-command.ts';

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

/** Makes the checks one after the other, with progress. */
export async function makeChecks(
  checks: readonly Check[],
  { progress, signal }: Pick<CommandContext, 'progress' | 'signal'>,
): Promise<readonly Checked[]> {
  const checked: Checked[] = [];
  for await (const each of runChecks(checks, whyUnknown)) {
    signal.throwIfAborted();
    checked.push(each);
    progress.say(`${checked.length} of ${checks.length} checks`);
  }
  progress.clear();
  return checked;
}

export function summaryOf(checked: readonly Checked[]): string {
  const count = (state: Checked['verdict']['state']) =>
    checked.filter(({ verdict }) => verdict.state === state).length;
  return `${count('ok')} ok, ${count('wrong')} wrong, ${count('look')} to look at, ${count('unknown')} could not be checked.\n`;
}
