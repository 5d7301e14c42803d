import { macieOf, type OperatorMacie } from '../../compose/operator/macie.ts';
import { type BucketBytes, BucketToScanError, bytesOf } from '../../compose/operator/source-bytes.ts';
import { isBucketName } from '../../core/object-names.ts';
import {
  type JobDefinition,
  type JobState,
  jobNameOf,
  jobTokenOf,
  longestJobName,
} from '../../core/operate/macie/jobs.ts';
import { isConfirmed } from '../frame/ask.ts';
import { collectRows } from '../frame/collect-rows.ts';
import { CommandError, usageError } from '../frame/command-error.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { type Column, type OutputFlags, openOutput } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { countText, sizeText } from '../frame/size-text.ts';
import { visible } from '../frame/terminal.ts';
import { maximumWaitSeconds, wholeNumber } from '../frame/whole-number.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';
import { statesUntilEnd } from './states-until-end.ts';

export interface CreateFlags extends OperatorFlags, OutputFlags {
  readonly once?: boolean;
  readonly daily?: boolean;
  readonly bucket: readonly string[];
  readonly extension?: readonly string[];
  readonly identifier?: readonly string[];
  readonly managed: string;
  readonly sampling?: string;
  readonly account?: string;
  readonly name?: string;
  readonly wait?: boolean;
  readonly pollSeconds?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

interface JobRow {
  readonly job: JobDefinition;
  readonly bytes: BucketBytes | undefined;
  readonly result: string;
  readonly id?: string;
  readonly state?: JobState;
}

const columns: readonly Column<JobRow>[] = [
  { name: 'job_id', title: 'JOB', value: ({ id }) => id ?? null },
  { name: 'name', title: 'NAME', value: ({ job }) => job.name },
  { name: 'result', title: 'RESULT', value: ({ result }) => result },
  { name: 'state', title: 'STATE', value: ({ state }) => state ?? null },
  { name: 'objects', title: 'OBJECTS', value: ({ bytes }) => bytes?.objects ?? null },
  { name: 'bytes', title: 'BYTES', value: ({ bytes }) => bytes?.bytes ?? null },
];

/**
 * Creates a job, after it has shown what the job will scan. A command that is repeated finds its job by the name, which
 * follows from what the job does, and creates no second one.
 */
export async function runJobsCreate(flags: CreateFlags, context: CommandContext): Promise<ExitCode> {
  const { progress, signal, terminal } = context;
  const output = openOutput(terminal, columns, flags);
  const asked = askedFor(flags);
  const pollMs = wholeNumber('--poll-seconds', flags.pollSeconds ?? '15', 1, maximumWaitSeconds) * 1_000;
  const { clients } = await openOperator(flags, context, []);
  const macie = await macieOf(clients);
  const accountId = flags.account ?? accountOf(await clients.callerArn());
  const identifierIds = await idsOf(flags.identifier ?? [], macie);
  const nameless = { ...asked, accountId, identifierIds };
  const job: JobDefinition = { name: flags.name ?? jobNameOf(nameless, new Date()), ...nameless };
  const earlier = await macie.jobs(job.name);
  const present = earlier.find(({ state }) => state !== 'CANCELLED');
  if (present) {
    return await end({
      job,
      bytes: undefined,
      result: 'exists already',
      id: present.id,
      state: present.state,
    });
  }
  const say = (sum: BucketBytes) =>
    progress.say(`Counting: ${countText(sum.objects, 'object')}, ${sizeText(sum.bytes)}`);
  const bytes = await bytesOf(clients, job, say).catch(throwExplained);
  progress.clear();
  if (flags.dryRun) return await end({ job, bytes, result: 'would be created' });
  if (!(await isConfirmed(terminal, questionOf(job, bytes), flags, signal))) {
    terminal.err.write('No job was created.\n');
    return exitCode.failed;
  }
  const id = await macie.createJob(job, jobTokenOf(job, earlier.length));
  return await end({ job, bytes, result: 'created', id, state: 'RUNNING' });

  async function end(row: JobRow): Promise<ExitCode> {
    const { id } = row;
    if (!flags.wait || id === undefined) {
      output.write([row]);
      return exitCode.done;
    }
    // The job is there, whatever ends the wait.
    const rows = await collectRows<JobRow>(output, context, async (shown) => {
      shown.push(row);
      for await (const state of statesUntilEnd(id, macie, { pollMs, progress, signal })) {
        shown[0] = { ...row, state };
      }
    });
    output.write(rows);
    return exitCode.done;
  }
}

function askedFor(flags: CreateFlags) {
  if (flags.once === flags.daily) throw usageError('Say --once or --daily.');
  if (flags.pollSeconds !== undefined && !flags.wait) {
    throw usageError('--poll-seconds says how often --wait looks.');
  }
  if (flags.name !== undefined && flags.name.length > longestJobName) {
    throw usageError(`--name takes ${longestJobName} characters at most; not ${flags.name.length}.`);
  }
  if (flags.managed === 'none' && flags.identifier === undefined) {
    throw usageError('--managed none leaves nothing to look for: name an identifier with --identifier.');
  }
  const samplingPercentage = wholeNumber('--sampling', flags.sampling ?? '100', 1, 100);
  if (flags.account !== undefined && !/^\d{12}$/.test(flags.account)) {
    throw usageError('--account takes twelve digits.');
  }
  for (const name of flags.bucket) {
    if (!isBucketName(name)) throw usageError(`--bucket takes the name of a bucket; not ${visible(name)}.`);
  }
  const extensions = (flags.extension ?? []).map((text) => text.replace(/^\./, ''));
  if (extensions.some((text) => !/^[A-Za-z0-9]{1,32}$/.test(text))) {
    throw usageError('--extension takes letters and digits, such as csv.');
  }
  return {
    isDaily: flags.daily === true,
    buckets: [...new Set(flags.bucket)].toSorted(),
    extensions: [...new Set(extensions)].toSorted(),
    samplingPercentage,
    managed: flags.managed.toUpperCase() as JobDefinition['managed'],
  };
}

function throwExplained(error: unknown): never {
  if (!(error instanceof BucketToScanError)) throw error;
  const { bucket, why } = error;
  const sentence =
    why === 'absent'
      ? `There is no bucket ${bucket}.`
      : `The bucket ${bucket} is in another region. Macie scans buckets of its own region: give it with --region.`;
  throw new CommandError(sentence, undefined, { cause: error });
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

async function idsOf(names: readonly string[], macie: OperatorMacie): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const present = await macie.identifiers();
  return [...new Set(names)].map((name) => {
    const found = present.find((each) => each.name === name || each.id === name);
    if (found) return found.id;
    const known = present.map((each) => visible(each.name)).join(', ') || 'none';
    throw usageError(
      `There is no identifier ${visible(name)}. The account has: ${known}. \`identifiers apply\` creates those of a file.`,
    );
  });
}

function questionOf({ isDaily, samplingPercentage }: JobDefinition, bytes: BucketBytes | undefined): string {
  const share = samplingPercentage === 100 ? '' : `, of which Macie scans ${samplingPercentage} %`;
  const what =
    bytes === undefined
      ? 'The size is unknown, because the bucket may not be listed.'
      : `${countText(bytes.objects, 'object')}, ${sizeText(bytes.bytes)}${share}.`;
  return `${what} Create a job that scans ${isDaily ? 'them, and every day what is new' : 'them once'}?`;
}
