import { evidenceOf } from '../../compose/operator/isolation-bucket.ts';
import { releaseOf, releaseSettings, type SourcePorts } from '../../compose/operator/release.ts';
import { RefusedError } from '../../core/errors.ts';
import type { FlaggedObject } from '../../core/finding.ts';
import { type AccessReason, noteAccess } from '../../core/operate/access.ts';
import { type FenceSeen, liftFence, lookAtFence } from '../../core/operate/fence/lift-fence.ts';
import type { EvidenceReader } from '../../core/operate/records/evidence-reader.ts';
import { findRecords } from '../../core/operate/records/find-records.ts';
import { candidatesOf } from '../../core/operate/records/finding-name.ts';
import { accessReason, momentOfAccess } from '../access-reason.ts';
import { ambiguous, findingNamed, noRecord } from '../finding-id.ts';
import { changeRows } from '../frame/change-rows.ts';
import { collectRows } from '../frame/collect-rows.ts';
import type { Column } from '../frame/column.ts';
import { type ExitCode, exitCode } from '../frame/exit-code.ts';
import { type OutputFlags, openOutput } from '../frame/output.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { countText } from '../frame/size-text.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';

export interface FenceLiftFlags extends OperatorFlags, OutputFlags {
  readonly reason: string;
  readonly who?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

interface LiftRow {
  readonly findingId: string;
  readonly object: FlaggedObject;
  readonly seen?: FenceSeen;
  readonly result: string;
  readonly isDone: boolean;
}

const columns: readonly Column<LiftRow>[] = [
  { name: 'finding_id', title: 'FINDING', value: ({ findingId }) => findingId, isWhole: true },
  { name: 'result', title: 'RESULT', value: ({ result }) => result },
  { name: 'bucket', title: 'BUCKET', value: ({ object }) => object.bucket },
  { name: 'key', title: 'KEY', value: ({ object }) => object.key },
  { name: 'version_id', title: 'VERSION', value: ({ seen }) => versionOf(seen)?.versionId ?? null },
];

/** Takes fences away. Repeating the command changes nothing more. */
export async function runFenceLift(
  ids: readonly string[],
  flags: FenceLiftFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { progress, signal, terminal } = context;
  const output = openOutput(terminal, columns, flags);
  for (const id of ids) findingNamed(id);
  const { clients, settings } = await openOperator(flags, context, releaseSettings);
  const evidence = evidenceOf(clients, settings);
  const ports = releaseOf(clients, settings);
  const found = await collectRows<LiftRow>(flags.dryRun ? output : undefined, context, async (rows) => {
    for (const id of new Set(ids)) {
      signal.throwIfAborted();
      progress.say(`Looking for the fence of ${id}`);
      rows.push(await rowOf(id, evidence, ports));
    }
  });
  const fenced = found.filter(({ seen }) => seen?.kind === 'fenced');
  if (flags.dryRun || fenced.length === 0) {
    output.write(found);
    return found.every(({ isDone }) => isDone) ? exitCode.done : exitCode.failed;
  }
  const change = {
    question: `Lift the fence of ${countText(fenced.length, 'object')}?`,
    async begin() {
      const reason = await accessReason(flags, clients);
      return (row: LiftRow) => lift(row, reason, ports);
    },
  };
  return changeRows(found, change, flags, output, context);
}

async function rowOf(id: string, evidence: EvidenceReader, ports: SourcePorts): Promise<LiftRow> {
  const { records, unreadable } = await findRecords(findingNamed(id), evidence);
  const [first] = records;
  if (first === undefined) throw noRecord(id, unreadable);
  const candidates = candidatesOf(records);
  if (candidates.length > 1) throw ambiguous(id, candidates);
  const { findingId, object } = first;
  try {
    const seen = await lookAtFence(object, ports);
    return { findingId, object, seen, ...toldOf[seen.kind] };
  } catch (error) {
    return { findingId, object, ...refusalOf(error) };
  }
}

const toldOf: Readonly<Record<FenceSeen['kind'], Pick<LiftRow, 'result' | 'isDone'>>> = {
  fenced: { result: 'would be lifted', isDone: true },
  'not-fenced': { result: 'not fenced', isDone: true },
  gone: { result: 'the flagged bytes are not there', isDone: true },
  unknown: { result: 'the versions of the key may not be listed', isDone: false },
};

/** The line is written before the change, so that no change is without a line. */
async function lift(row: LiftRow, reason: AccessReason, ports: SourcePorts): Promise<LiftRow> {
  const { findingId, object, seen } = row;
  if (seen?.kind !== 'fenced') return row;
  const { versionId } = seen.version;
  const touched = { ...object, ...(versionId !== undefined && { versionId }) };
  const note = () =>
    noteAccess(ports.isolationBucket, 'lift', { findingId, object: touched }, reason, momentOfAccess());
  try {
    const answer = await liftFence(object, seen.version, ports, note);
    return { ...row, result: answer === 'lifted' ? 'lifted' : 'not fenced', isDone: true };
  } catch (error) {
    return { ...row, ...refusalOf(error) };
  }
}

/** An object whose owner refuses the call does not keep the others from it. */
function refusalOf(error: unknown): Pick<LiftRow, 'result' | 'isDone'> {
  if (!(error instanceof RefusedError)) throw error;
  return { result: `refused: ${error.reason}`, isDone: false };
}

function versionOf(seen: FenceSeen | undefined) {
  return seen !== undefined && 'version' in seen ? seen.version : undefined;
}
