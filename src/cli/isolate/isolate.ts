import { isolationBucketSettings } from '../../compose/operator/isolation-bucket.ts';
import { requestsOf } from '../../compose/operator/requests.ts';
import { accountOfQueue } from '../../config/aws-hosts.ts';
import { maximumWordLength } from '../../core/evidence/word-length.ts';
import type { FlaggedObject, RequestedBy } from '../../core/finding.ts';
import { lookAtObject, type RequestPorts, requestIsolations } from '../../core/operate/request-isolation.ts';
import { isConfirmed } from '../frame/ask.ts';
import { collectRows } from '../frame/collect-rows.ts';
import { usageError } from '../frame/command-error.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { type OutputFlags, openOutput, type RowOutput } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { showRowsDone } from '../frame/show-rows-done.ts';
import { countText, sizeText } from '../frame/size-text.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';
import { whoIsResponsible } from '../responsible.ts';
import { objectAt } from './isolate-object.ts';
import { leftOutText, readPlan } from './isolate-plan.ts';
import { columns, type IsolateRow, rowOf } from './isolate-rows.ts';

export interface IsolateFlags extends OperatorFlags, OutputFlags {
  readonly reason: string;
  readonly who?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly version?: string;
  readonly plan?: string;
  readonly account?: string;
  readonly bucketRegion?: string;
}

/** How many objects are looked at together. One call takes their messages. */
const group = 10;

/**
 * Requests the isolation of an object, or of those of a plan. The command can be repeated: requests that were put before
 * are found, and their ids are sent again.
 */
export async function runIsolate(
  uri: string | undefined,
  flags: IsolateFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { progress, signal, terminal } = context;
  const output = openOutput(terminal, columns, flags);
  checkFlags(uri, flags);
  const { clients, settings } = await openOperator(flags, context, isolationBucketSettings);
  const ports = requestsOf(clients, settings);
  const account = flags.account ?? accountOfQueue(settings.QUEUE_URL);
  const region = flags.bucketRegion ?? clients.region;
  const named = uri === undefined ? undefined : objectAt(uri, { account, region, version: flags.version });
  if (named?.bucket === settings.ISOLATION_BUCKET) {
    throw usageError('The object lies in the isolation bucket, which nothing is isolated from.');
  }
  const totals = await totalsOf(named, flags.plan, ports);
  if (totals.leftOut) terminal.err.write(`${totals.leftOut}\n`);
  if (totals.problem !== undefined || flags.dryRun) {
    const rows = totals.problem ?? (await lookAtAll(totals.objects, ports, output, context));
    output.write(rows);
    return rows.every(({ isDone }) => isDone) ? exitCode.done : exitCode.failed;
  }
  if (!(await isConfirmed(terminal, totals.question, flags, signal))) {
    terminal.err.write('Nothing was requested.\n');
    return exitCode.failed;
  }
  const who = (await whoIsResponsible(flags.who, clients)).slice(0, maximumWordLength);
  const word: RequestedBy = { who, why: flags.reason };
  const toDo = { count: totals.objects.length, output, promise: 'it puts no request twice' };
  return await showRowsDone<IsolateRow>(toDo, context, async (rows) => {
    for (const objects of inGroups(totals.objects)) {
      if (signal.aborted) return;
      const answers = await requestIsolations(objects, word, ports);
      rows.push(...answers.map((answer, index) => rowOf(objects[index] as FlaggedObject, answer)));
      progress.say(`${countText(rows.length, 'object')} of ${totals.objects.length.toLocaleString('en')}`);
    }
  });
}

function checkFlags(uri: string | undefined, { account, bucketRegion, plan, version }: IsolateFlags): void {
  if ((uri === undefined) === (plan === undefined)) {
    throw usageError('Name one object as s3://bucket/key, or a file with --plan.');
  }
  if (plan !== undefined && [account, bucketRegion, version].some((flag) => flag !== undefined)) {
    throw usageError(
      'A plan names account, region and version itself: leave out --account, --bucket-region and --version.',
    );
  }
  if (account !== undefined && !/^\d{12}$/.test(account)) throw usageError('--account takes twelve digits.');
}

interface Totals {
  readonly objects: readonly FlaggedObject[];
  readonly question: string;
  /** A sentence about the lines of the plan that nothing is requested for. */
  readonly leftOut?: string;
  /** Present if the one object cannot be requested, so that there is nothing to ask about. */
  readonly problem?: readonly IsolateRow[];
}

async function totalsOf(
  named: FlaggedObject | undefined,
  plan: string | undefined,
  ports: RequestPorts,
): Promise<Totals> {
  if (named === undefined) {
    const { leftOut, objects } = await readPlan(plan ?? '');
    const bytes = objects.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0);
    const buckets = new Set(objects.map(({ bucket }) => bucket));
    const where =
      buckets.size <= 3 ? [...buckets].map((name) => `s3://${name}`).join(', ') : `${buckets.size} buckets`;
    return {
      objects,
      leftOut: leftOutText(leftOut),
      question: `${countText(objects.length, 'object')}, ${sizeText(bytes)}, out of ${where}: isolate?`,
    };
  }
  const look = await lookAtObject(named, ports);
  const row = rowOf(named, look);
  if (look.kind !== 'there') return { objects: [named], question: '', problem: [row] };
  const size = sizeText(look.object.sizeBytes ?? 0);
  return { objects: [named], question: `1 object, ${size}, out of s3://${named.bucket}: isolate?` };
}

function lookAtAll(
  objects: readonly FlaggedObject[],
  ports: RequestPorts,
  output: RowOutput<IsolateRow>,
  context: CommandContext,
): Promise<readonly IsolateRow[]> {
  const look = async (object: FlaggedObject) => rowOf(object, await lookAtObject(object, ports));
  return collectRows<IsolateRow>(output, context, async (found) => {
    for (const some of inGroups(objects)) {
      context.signal.throwIfAborted();
      found.push(...(await Promise.all(some.map(look))));
    }
  });
}

function* inGroups(objects: readonly FlaggedObject[]): Generator<readonly FlaggedObject[]> {
  for (let at = 0; at < objects.length; at += group) yield objects.slice(at, at + group);
}
