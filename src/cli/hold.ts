import { type Copies, copiesOf } from '../compose/operator/copies.ts';
import { releaseSettings } from '../compose/operator/release.ts';
import { type AccessReason, noteAccess } from '../core/operate/access.ts';
import { findCopy } from '../core/operate/find-copy.ts';
import { accessReason, momentOfAccess } from './access-reason.ts';
import { findingNamed } from './finding-id.ts';
import { type NamedCopy, namedCopy } from './found-copy.ts';
import { changeRows } from './frame/change-rows.ts';
import { collectRows } from './frame/collect-rows.ts';
import type { Column } from './frame/column.ts';
import { CommandError } from './frame/command-error.ts';
import { type ExitCode, exitCode } from './frame/exit-code.ts';
import { type OutputFlags, openOutput } from './frame/output.ts';
import type { CommandContext } from './frame/run-command.ts';
import { type OperatorFlags, openOperator } from './open-operator.ts';

export interface HoldFlags extends OperatorFlags, OutputFlags {
  readonly reason: string;
  readonly who?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

type Status = 'ON' | 'OFF';

/** Whoever holds a copy need not be able to look at it. */
interface HoldRow extends NamedCopy {
  readonly result: string;
  /** A copy that cannot be held stops the command. */
  readonly isDone: true;
}

const columns: readonly Column<HoldRow>[] = [
  { name: 'finding_id', title: 'FINDING', value: ({ findingId }) => findingId, isWhole: true },
  { name: 'result', title: 'RESULT', value: ({ result }) => result },
  { name: 'size_bytes', title: 'BYTES', value: ({ seen }) => seen?.stored.sizeBytes ?? null },
  { name: 'isolation_key', title: 'COPY', value: ({ isolationKey }) => isolationKey },
];

/** Puts legal holds or takes them away. Repeating the command changes nothing more. */
export async function runHold(
  ids: readonly string[],
  status: Status,
  flags: HoldFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { progress, signal, terminal } = context;
  const output = openOutput(terminal, columns, flags);
  for (const id of ids) findingNamed(id);
  const { clients, settings } = await openOperator(flags, context, releaseSettings);
  const copies = copiesOf(clients, settings);
  const found = await collectRows<HoldRow>(flags.dryRun ? output : undefined, context, async (rows) => {
    for (const id of new Set(ids)) {
      signal.throwIfAborted();
      progress.say(`Looking for the copy of ${id}`);
      const copy = namedCopy(id, await findCopy(findingNamed(id), copies.evidence, copies.isolationBucket));
      // An id and its beginning may both be named.
      const isNamed = rows.some(
        (row) => row.findingId === copy.findingId && row.isolationKey === copy.isolationKey,
      );
      if (isNamed) continue;
      rows.push({ ...copy, result: status === 'ON' ? 'would be held' : 'would be freed', isDone: true });
    }
  });
  // Asked before a line is written, which would tell of a hold that nobody can put.
  if ((await copies.hasObjectLock()) === false) throw withoutLock();
  if (flags.dryRun) {
    output.write(found);
    return exitCode.done;
  }
  // Two findings may have one copy.
  const count = new Set(found.map(({ isolationKey }) => isolationKey)).size;
  const change = {
    question: `${status === 'ON' ? 'Hold' : 'Free'} ${count === 1 ? '1 copy' : `${count.toLocaleString('en')} copies`}?`,
    async begin() {
      const reason = await accessReason(flags, clients);
      return async (row: HoldRow) => ({ ...row, result: await setHold(row, status, reason, copies) });
    },
  };
  return changeRows(found, change, flags, output, context);
}

/** The line is written before the change, so that no change is without a line. */
async function setHold(
  { findingId, isolationKey, seen }: HoldRow,
  status: Status,
  reason: AccessReason,
  copies: Copies,
): Promise<string> {
  const what = status === 'ON' ? 'hold' : 'unhold';
  if (status === 'ON' && seen?.stored.lock === 'legal-hold') return 'was held';
  await noteAccess(copies.isolationBucket, what, { findingId, isolationKey }, reason, momentOfAccess());
  const answer = await copies.setLegalHold(isolationKey, seen?.stored.versionId, status);
  if (answer === 'done') return status === 'ON' ? 'held' : 'free';
  throw withoutLock();
}

function withoutLock(): CommandError {
  return new CommandError(
    'The isolation bucket has no Object Lock, so S3 knows no legal hold there. No hold was changed. A bucket gets Object Lock when it is created (ObjectLockDays of data-plane.yaml); its policy denies every delete all the same.',
  );
}
