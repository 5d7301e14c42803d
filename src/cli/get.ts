import { copiesOf } from '../compose/operator/copies.ts';
import { releaseSettings } from '../compose/operator/release.ts';
import type { Provenance } from '../core/isolation.ts';
import { noteAccess } from '../core/operate/access.ts';
import { algorithmFor, type CopyReader, expectedChecksum, judgeBytes } from '../core/operate/copy-bytes.ts';
import { findCopy } from '../core/operate/find-copy.ts';
import { accessReason, momentOfAccess } from './access-reason.ts';
import { findingNamed } from './finding-id.ts';
import { type PresentCopy, presentCopy } from './found-copy.ts';
import type { Column } from './frame/column.ts';
import { CommandError } from './frame/command-error.ts';
import { type ExitCode, exitCode } from './frame/exit-code.ts';
import { type OutputFlags, openOutput } from './frame/output.ts';
import type { CommandContext } from './frame/run-command.ts';
import { type NewFile, newFile } from './new-file.ts';
import { type OperatorFlags, openOperator } from './open-operator.ts';

export interface GetFlags extends OperatorFlags, OutputFlags {
  readonly out: string;
  readonly reason: string;
  readonly who?: string;
}

interface Got {
  readonly findingId: string;
  readonly file: string;
  readonly sizeBytes: number;
  readonly proof: 'verified' | 'size-only';
  readonly checksum: string;
  readonly line: string;
}

const columns: readonly Column<Got>[] = [
  { name: 'finding_id', title: 'FINDING', value: ({ findingId }) => findingId, isWhole: true },
  { name: 'file', title: 'FILE', value: ({ file }) => file },
  { name: 'size_bytes', title: 'BYTES', value: ({ sizeBytes }) => sizeBytes },
  { name: 'proof', title: 'PROOF', value: ({ proof }) => proof },
  { name: 'checksum', title: 'CHECKSUM', value: ({ checksum }) => checksum },
  { name: 'access_key', title: 'LINE', value: ({ line }) => line, isDetail: true },
];

/**
 * Writes the bytes of a copy to a new file. The line about it is written before they are read. A file that does
 * not verify, or is not whole, is removed.
 */
export async function runGet(id: string, flags: GetFlags, context: CommandContext): Promise<ExitCode> {
  const { atEnd, progress, signal, terminal } = context;
  const output = openOutput(terminal, columns, flags);
  const name = findingNamed(id);
  const file = await newFile(flags.out);
  atEnd(() => file.discard());
  const { clients, settings } = await openOperator(flags, context, releaseSettings);
  const { evidence, isolationBucket, reader } = copiesOf(clients, settings);
  progress.say('Looking for the copy');
  const { copy, findingId } = presentCopy(id, await findCopy(name, evidence, isolationBucket));
  const { provenance } = copy;
  if (provenance === undefined) {
    throw new CommandError('The copy has no provenance, so nothing can verify it. It was not read.');
  }
  signal.throwIfAborted();
  const touched = { findingId, isolationKey: copy.key };
  const reason = await accessReason(flags, clients);
  const line = await noteAccess(isolationBucket, 'get', touched, reason, momentOfAccess());
  const got = await fetchTo(file, copy, provenance, reader, {
    signal,
    say: (percent) => progress.say(`Reading: ${percent} %`),
  });
  await file.keep();
  progress.clear();
  output.write([{ findingId, file: flags.out, line, ...got }]);
  if (got.proof === 'size-only') {
    terminal.err.write(
      'The source had no checksum that whole bytes can be compared with: only the size was.\n',
    );
  }
  return exitCode.done;
}

async function fetchTo(
  file: NewFile,
  copy: PresentCopy,
  provenance: Provenance,
  reader: CopyReader,
  { say, signal }: { readonly signal: AbortSignal; say(percent: number): void },
): Promise<Pick<Got, 'sizeBytes' | 'proof' | 'checksum'>> {
  const { chunks, digest } = reader.read(copy.key, copy.stored, algorithmFor(expectedChecksum(provenance)));
  let sizeBytes = 0;
  let percent = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      sizeBytes += chunk.length;
      const now = Math.floor((sizeBytes / copy.stored.sizeBytes) * 100);
      if (now > percent) say(now);
      percent = now;
      yield chunk;
    }
  }
  await file.write(counted(), signal);
  const checksum = digest();
  const proof = judgeBytes({ sizeBytes, checksum }, provenance);
  if (proof === 'differs') {
    throw new CommandError(
      'The bytes that were read are not those that were isolated. The file was removed.',
    );
  }
  return { sizeBytes, proof, checksum: `${checksum.algorithm} ${checksum.value}` };
}
