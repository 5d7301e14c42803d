import { deadLetterSettings, findingsSenderOf } from '../../compose/operator/dead-letters.ts';
import { evidenceOf } from '../../compose/operator/isolation-bucket.ts';
import { type Replay, replayLetter } from '../../core/operate/dead-letters/replay-letter.ts';
import type { ExitCode } from '../frame/exit-code.ts';
import { type OutputFlags, openOutput } from '../frame/output.ts';
import { rateOf } from '../frame/rate.ts';
import type { CommandContext } from '../frame/run-command.ts';
import { type OperatorFlags, openOperator } from '../open-operator.ts';
import { type Change, changeChosen } from './change.ts';
import { resultColumns } from './letter-rows.ts';
import { chosenOf, type LetterFlags, queuesFor } from './letters.ts';

export interface DlqReplayFlags extends OperatorFlags, OutputFlags, LetterFlags {
  readonly rate: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

const results: Readonly<Record<Replay, string>> = {
  sent: 'sent',
  'came-back-before': 'came back before; --force sends it again',
  'body-missing': 'not sent: its kept body is missing',
  'body-altered': 'not sent: its kept body is not the one that was parked',
  'too-large': 'not sent: too large for the findings queue',
};

/** Sends parked messages to the findings queue again. */
export async function runDlqReplay(flags: DlqReplayFlags, context: CommandContext): Promise<ExitCode> {
  const output = openOutput(context.terminal, resultColumns, flags);
  const filter = chosenOf(flags);
  const rate = rateOf(flags.rate);
  const force = flags.force === true;
  const { clients, settings } = await openOperator(flags, context, [
    ...deadLetterSettings,
    'QUEUE_URL',
    'ISOLATION_BUCKET',
  ]);
  const queues = await queuesFor(clients, settings, filter);
  const evidence = evidenceOf(clients, settings);
  const change: Change = {
    flags,
    plan: ({ replays }) =>
      replays > 0 && !force
        ? { result: results['came-back-before'], isDone: false }
        : { result: 'would be sent', isDone: true },
    question: (messages) => `Send ${messages} to the findings queue again?`,
    refused: 'Nothing was sent.',
    notDeleted: 'sent, but not deleted: it may lie in both queues',
    rate,
    async begin() {
      const ports = { findings: await findingsSenderOf(clients, settings), keptBody: evidence.get };
      return async (letter, queue) => {
        const answer = await replayLetter(letter, queue, ports, { force });
        return { result: results[answer], isDone: answer === 'sent' };
      };
    },
  };
  return await changeChosen(queues, filter, change, output, context);
}
