import type { Check } from '../../core/operate/doctor/run-checks.ts';
import type { Checked } from '../../core/operate/doctor/verdict.ts';
import { makeChecks, openCheckOutput } from '../check-rows.ts';
import { isConfirmed } from '../frame/ask.ts';
import { CommandError } from '../frame/command-error.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { countText } from '../frame/size-text.ts';
import { visible } from '../frame/terminal.ts';

/** Makes the checks before a deployment and shows them on standard error: standard output is the plan's. */
export async function checkFirst(
  checks: readonly Check[],
  context: CommandContext,
): Promise<readonly Checked[]> {
  const { terminal } = context;
  return await makeChecks(checks, openCheckOutput({ ...terminal, out: terminal.err }, {}), context);
}

/** The sentence that keeps a deployment back, or `undefined` if no check found anything wrong. */
export function refusalOfChecks(checked: readonly Checked[]): string | undefined {
  const wrong = checked.filter(({ verdict }) => verdict.state === 'wrong');
  if (wrong.length === 0) return undefined;
  return `Mend this first, then repeat the command: ${wrong.map(({ check }) => visible(check)).join(', ')}.`;
}

/** A check that could not be made is not taken for good: a person accepts it, here or by a flag of its own. */
export async function acceptUnknown(
  checked: readonly Checked[],
  flags: { readonly acceptUnknown?: boolean },
  { signal, terminal }: CommandContext,
): Promise<void> {
  const names = checked.filter(({ verdict }) => verdict.state === 'unknown').map(({ check }) => check);
  if (names.length === 0 || flags.acceptUnknown) return;
  const refusal = `Nobody knows whether all is well with: ${names.map(visible).join(', ')}. Look there yourself, then add --accept-unknown.`;
  if (!terminal.isInteractive) throw new CommandError(refusal);
  const question = `${countText(names.length, 'check')} could not be made. Go on all the same?`;
  if (!(await isConfirmed(terminal, question, {}, signal))) throw new CommandError(refusal);
}
