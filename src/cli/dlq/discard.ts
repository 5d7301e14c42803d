import { deadLetterSettings } from '../../compose/operator/dead-letters.ts';
import { controlOf, isolationBucketSettings } from '../../compose/operator/isolation-bucket.ts';
import { discardLetter } from '../../core/operate/dead-letters/discard-letter.ts';
import type { ExitCode } from '../frame/exit-code.ts';
import { type OutputFlags, openOutput } from '../frame/output.ts';
import { rateOf } from '../frame/rate.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';
import { whoIsResponsible } from '../responsible.ts';
import { type Change, changeChosen } from './change.ts';
import { resultColumns } from './letter-rows.ts';
import { chosenOf, type LetterFlags, queuesFor } from './letters.ts';

export interface DlqDiscardFlags extends OperatorFlags, OutputFlags, LetterFlags {
  readonly reason: string;
  readonly who?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Deletes parked messages for good, each behind a record of who and why. */
export async function runDlqDiscard(flags: DlqDiscardFlags, context: CommandContext): Promise<ExitCode> {
  const output = openOutput(context.terminal, resultColumns, flags);
  const filter = chosenOf(flags);
  const { clients, settings } = await openOperator(flags, context, [
    ...deadLetterSettings,
    ...isolationBucketSettings,
  ]);
  const queues = await queuesFor(clients, settings, filter);
  const change: Change = {
    flags,
    plan: () => ({ result: 'would be deleted', isDone: true }),
    question: (messages) => `Delete ${messages} for good?`,
    refused: 'Nothing was deleted.',
    notDeleted: 'recorded, but not deleted: it may still be parked',
    rate: rateOf('100/s'),
    async begin() {
      const reason = { who: await whoIsResponsible(flags.who, clients), why: flags.reason };
      const ports = { objects: controlOf(clients, settings), clock: () => new Date() };
      return async (letter, queue) => {
        await discardLetter(letter, queue, reason, ports);
        return { result: 'deleted', isDone: true };
      };
    },
  };
  return await changeChosen(queues, filter, change, output, context);
}
