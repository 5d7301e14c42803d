import { macieOf } from '../../compose/operator/macie.ts';
import type { JobSeen } from '../../core/operate/macie/jobs.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { type Column, type OutputFlags, openOutput } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';

const columns: readonly Column<JobSeen>[] = [
  { name: 'job_id', title: 'JOB', value: ({ id }) => id },
  { name: 'name', title: 'NAME', value: ({ name }) => name },
  { name: 'type', title: 'TYPE', value: ({ isDaily }) => (isDaily ? 'scheduled' : 'once') },
  { name: 'state', title: 'STATE', value: ({ state }) => state },
  { name: 'had_errors', title: 'ERRORS', value: ({ hadErrors }) => hadErrors },
  { name: 'created_at', title: 'CREATED', value: ({ createdAt }) => createdAt?.toISOString() ?? null },
  { name: 'buckets', title: 'BUCKETS', value: ({ buckets }) => buckets.join(',') || null },
];

/** Lists the discovery jobs of the account. */
export async function runJobsList(
  flags: OperatorFlags & OutputFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const output = openOutput(terminal, columns, flags);
  const { clients } = await openOperator(flags, context, []);
  const jobs = await (await macieOf(clients)).jobs();
  output.write(jobs);
  if (jobs.length === 0) terminal.err.write('Macie has no discovery job here.\n');
  return exitCode.done;
}
