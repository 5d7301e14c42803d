import { macieOf } from '../../compose/operator/macie.ts';
import type { PresentIdentifier } from '../../core/operate/macie/identifiers.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { type Column, type OutputFlags, openOutput } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';

const columns: readonly Column<PresentIdentifier>[] = [
  { name: 'name', title: 'NAME', value: ({ name }) => name },
  { name: 'id', title: 'ID', value: ({ id }) => id },
  { name: 'created_at', title: 'CREATED', value: ({ createdAt }) => createdAt?.toISOString() ?? null },
  { name: 'keywords', title: 'KEYWORDS', value: ({ keywords }) => keywords.join(', ') || null },
  { name: 'regex', title: 'REGEX', value: ({ regex }) => regex, isDetail: true },
  {
    name: 'ignore_words',
    title: 'IGNORE WORDS',
    value: ({ ignoreWords }) => ignoreWords.join(', ') || null,
    isDetail: true,
  },
  {
    name: 'maximum_match_distance',
    title: 'DISTANCE',
    value: ({ maximumMatchDistance }) => maximumMatchDistance,
    isDetail: true,
  },
];

/** Lists the custom data identifiers of the account. */
export async function runIdentifiersList(
  flags: OperatorFlags & OutputFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const output = openOutput(terminal, columns, flags);
  const { clients } = await openOperator(flags, context, []);
  const identifiers = await (await macieOf(clients)).identifiers();
  output.write(identifiers);
  if (identifiers.length === 0) terminal.err.write('Macie has no custom data identifier here.\n');
  return exitCode.done;
}
