import { createHash } from 'node:crypto';
import { macieOf, type OperatorMacie } from '../../compose/operator/macie.ts';
import { changesTo, type IdentifierChange } from '../../core/operate/macie/identifiers.ts';
import { isConfirmed } from '../frame/ask.ts';
import { CommandError } from '../frame/command-error.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { type Column, type OutputFlags, openOutput } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { showRowsDone } from '../frame/show-rows-done.ts';
import { countText } from '../frame/size-text.ts';
import { visible } from '../frame/terminal.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';
import { identifiersOf } from './open-file.ts';

export interface ApplyFlags extends OperatorFlags, OutputFlags {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

interface ApplyRow {
  readonly change: IdentifierChange;
  readonly id?: string;
  readonly isDone: boolean;
  /** Whether the identifier is deleted, and the creation of the next one failed. */
  readonly isDeleted?: true;
}

const words = {
  create: { planned: 'would be created', done: 'created' },
  replace: { planned: 'would be replaced', done: 'replaced' },
  same: { planned: 'as in the file', done: 'as in the file' },
} as const;

const columns: readonly Column<ApplyRow>[] = [
  { name: 'name', title: 'NAME', value: ({ change }) => change.defined.name },
  {
    name: 'result',
    title: 'RESULT',
    value: ({ change, isDeleted, isDone }) =>
      isDeleted ? 'deleted, and its creation failed' : words[change.kind][isDone ? 'done' : 'planned'],
  },
  {
    name: 'differing',
    title: 'DIFFERING',
    value: ({ change }) => (change.kind === 'replace' ? change.differing.join(', ') : null),
  },
  { name: 'id', title: 'ID', value: ({ id }) => id ?? null },
  {
    name: 'former_id',
    title: 'FORMER ID',
    value: ({ change }) => (change.kind === 'replace' ? change.present.id : null),
    isDetail: true,
  },
];

/** Shows the difference between a file and the account, asks, and then makes the account as the file says. */
export async function runIdentifiersApply(
  file: string | undefined,
  flags: ApplyFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { signal, terminal } = context;
  const output = openOutput(terminal, columns, flags);
  const defined = await identifiersOf(file);
  const { clients } = await openOperator(flags, context, []);
  const macie = await macieOf(clients);
  const changes = changesTo(defined, await macie.identifiers());
  const open = changes.filter(({ kind }) => kind !== 'same');
  if (flags.dryRun || open.length === 0) {
    output.write(changes.map((change) => rowOf(change, undefined)));
    return exitCode.done;
  }
  // Before the question, so that nothing is deleted for an identifier that Macie then refuses.
  for (const { defined: each } of open) await refuseUnlessValid(each.name, () => macie.test(each, 'x'));
  terminal.err.write(open.map(lineOf).join(''));
  if (!(await isConfirmed(terminal, `Change ${countText(open.length, 'identifier')}?`, flags, signal))) {
    terminal.err.write('Nothing was changed.\n');
    return exitCode.failed;
  }
  const ended = await showRowsDone({ count: changes.length, output }, context, async (rows) => {
    for (const change of changes) {
      if (signal.aborted) return;
      const id = await apply(change, macie, () => rows.push({ change, isDone: false, isDeleted: true }));
      rows.push(rowOf(change, id));
    }
  });
  if (ended === exitCode.done && open.some(({ kind }) => kind === 'replace')) {
    terminal.err.write(
      'Jobs go on with the identifiers that they were created with: create daily jobs anew.\n',
    );
  }
  return ended;
}

function rowOf(change: IdentifierChange, id: string | undefined): ApplyRow {
  if (change.kind === 'same') return { change, id: change.present.id, isDone: true };
  return { change, isDone: id !== undefined, ...(id !== undefined && { id }) };
}

function lineOf(change: IdentifierChange): string {
  const sign = change.kind === 'create' ? '+' : '~';
  const which = change.kind === 'replace' ? ` (${change.differing.join(', ')})` : '';
  return `${sign} ${visible(change.defined.name)}${which}\n`;
}

/**
 * Macie has no update. A crash after the delete is mended by the same command, which then creates the identifier.
 * `onHalfDone` is called if the identifier is deleted and the creation of the next one failed.
 */
async function apply(
  change: IdentifierChange,
  macie: OperatorMacie,
  onHalfDone: () => void,
): Promise<string | undefined> {
  if (change.kind === 'same') return undefined;
  const former = change.kind === 'replace' ? change.present.id : '';
  if (change.kind === 'replace') await macie.delete(former);
  const token = createHash('sha256')
    .update(JSON.stringify([change.defined, former]))
    .digest('hex');
  try {
    return await macie.create(change.defined, token);
  } catch (error) {
    if (change.kind === 'replace') onHalfDone();
    throw error;
  }
}

async function refuseUnlessValid(name: string, test: () => Promise<unknown>): Promise<void> {
  try {
    await test();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ValidationException') throw error;
    throw new CommandError(
      `Macie does not take the identifier ${visible(name)}, and nothing was changed. Its regular expression may have a part that Macie does not know.`,
      exitCode.failed,
      { cause: error },
    );
  }
}
