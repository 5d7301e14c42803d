import { findingsArchiveOf } from '../../compose/operator/findings-archive.ts';
import { type Simulated, simulateFindings } from '../../core/operate/simulate/simulate-findings.ts';
import type { Policies } from '../../core/operate/simulate/simulate-policy.ts';
import { createSimulationTally } from '../../core/operate/simulate/simulation-tally.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { CommandError, usageError } from '../frame/command-error.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { momentOf } from '../frame/moment.ts';
import { notGivenText } from '../frame/not-given-text.ts';
import { type OutputFlags, openOutput } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { countText } from '../frame/size-text.ts';
import { visible } from '../frame/terminal.ts';
import { wholeNumber } from '../frame/whole-number.ts';
import { openOperator, settingsOf } from '../open-operator.ts';
import { openPolicy, type PolicyFlags, validPolicy } from './open-policy.ts';
import { openSimulationFile, readProgress, type SimulationProgress } from './simulation-file.ts';
import { columns } from './simulation-lines.ts';

export interface SimulateFlags extends PolicyFlags, OutputFlags {
  readonly since?: string;
  readonly out?: string;
  readonly resume?: boolean;
  readonly maxCalls: string;
}

/** Macie keeps findings for 90 days. */
const defaultSince = '30d';

/** Shows what a policy would do about Macie's findings, beside what the policy in force would. Changes nothing. */
export async function runPolicySimulate(flags: SimulateFlags, context: CommandContext): Promise<ExitCode> {
  const { atEnd, progress, signal, terminal } = context;
  const output = openOutput(terminal, columns, flags);
  const maximumCalls = wholeNumber('--max-calls', flags.maxCalls, 2);
  if (flags.resume && flags.out === undefined)
    throw usageError('--resume needs --out, the file to go on with.');
  const now = new Date();
  const since = momentOf('--since', flags.since ?? defaultSince, now, 'start');
  const from = flags.resume && flags.out !== undefined ? await readProgress(flags.out) : undefined;
  const tally = createSimulationTally();
  const file =
    flags.out === undefined
      ? undefined
      : await openSimulationFile(flags.out, from, (object) => tally.add(object));
  atEnd(async () => await file?.close());
  const policies = await policiesOf(flags, context, now);
  if (from !== undefined) checkPolicies(from, policies, flags);
  const { clients, settings } = await openOperator(flags, context, ['ALLOWED_SOURCE_REGIONS']);
  const regions = settings.ALLOWED_SOURCE_REGIONS ?? [settings.AWS_REGION];
  // A listing that was begun keeps its span: it does not move with the clock.
  const span = from ?? { regions, since, until: now };
  const about: Omit<SimulationProgress, 'bytes' | 'findings' | 'leftOut' | 'notGiven' | 'place'> = {
    regions: span.regions,
    since: span.since,
    until: span.until,
    candidate: policies.candidate.hash,
    inForce: policies.inForce.hash,
  };
  let done: Pick<Simulated, 'findings' | 'leftOut' | 'notGiven' | 'place'> = from ?? {
    findings: 0,
    leftOut: 0,
    notGiven: 0,
  };
  let isComplete = false;
  const tellIncomplete = () =>
    terminal.err.write(`Not complete: ${countText(done.findings, 'finding')} so far. ${goOn(flags, done)}\n`);
  try {
    const listing = { ...about, from: from?.place };
    const archive = findingsArchiveOf(clients);
    for await (const page of simulateFindings(archive, listing, policies, tally, done)) {
      const { findings, leftOut, notGiven, place } = page;
      await file?.append(page.objects);
      if (place !== undefined) await file?.save({ ...about, findings, leftOut, notGiven, place });
      // What could not be kept is not done.
      done = page;
      isComplete = place === undefined;
      progress.say(progressText(page));
      if (signal.aborted || page.calls + 2 > maximumCalls) break;
    }
    if (isComplete) await file?.finish();
    else signal.throwIfAborted();
  } catch (error) {
    progress.clear();
    if (!isComplete) tellIncomplete();
    output.writePart(tally.rows());
    throw error;
  }
  progress.clear();
  if (!isComplete) tellIncomplete();
  output.write(tally.rows());
  terminal.err.write(
    `${countText(done.findings, 'finding')} since ${span.since.toISOString()}, ${done.leftOut.toLocaleString('en')} of them about nothing that a policy decides.\n`,
  );
  if (done.notGiven > 0) terminal.err.write(`${notGivenText(done.notGiven)}\n`);
  return isComplete && done.notGiven === 0 ? exitCode.done : exitCode.failed;
}

async function policiesOf(
  { policy, ...flags }: SimulateFlags,
  context: CommandContext,
  at: Date,
): Promise<Policies> {
  const open = async (which: PolicyFlags): Promise<Policy> =>
    validPolicy(await openPolicy(which, context)).policy;
  const inForce = await open(flags);
  const candidate = policy === undefined ? inForce : await open({ ...flags, policy });
  const { ISOLATION_BUCKET: isolationBucket } = await settingsOf(flags, context.terminal.env);
  return { candidate, inForce, at, isolationBucket };
}

function checkPolicies(
  from: SimulationProgress,
  { candidate, inForce }: Policies,
  { out = '' }: SimulateFlags,
): void {
  if (from.candidate === candidate.hash && from.inForce === inForce.hash) return;
  throw new CommandError(
    `${visible(out)} was begun with other policies than now. Begin anew, in another file.`,
    exitCode.failed,
  );
}

function progressText({ findings, last, region }: Simulated): string {
  return `${countText(findings, 'finding')} of Macie${last === undefined ? '' : `, up to ${last.toISOString()}`} in ${region}`;
}

function goOn({ out }: SimulateFlags, { place }: Pick<Simulated, 'place'>): string {
  if (out === undefined) return 'With --out FILE it could go on.';
  if (place === undefined) return 'Nothing is kept: begin anew.';
  return `Go on with the same command and --resume: ${visible(out)} and ${visible(out)}.progress hold what is done.`;
}
