import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { changeChosen } from '../../../../src/cli/dlq/change.ts';
import { resultColumns } from '../../../../src/cli/dlq/letter-rows.ts';
import { openOutput } from '../../../../src/cli/frame/output.ts';
import { rateOf } from '../../../../src/cli/frame/rate.ts';
import { runCommand } from '../../../../src/cli/frame/run-command.ts';
import type { DeadLetterQueue, HeldLetter } from '../../../../src/core/operate/dead-letters/each-letter.ts';

/** A queue of so many messages, which are given back at the end of each pass. */
function createQueue(count: number) {
  const letters = Array.from(
    { length: count },
    (_, at): HeldLetter => ({
      queue: 'findings',
      messageId: `m${at}`,
      body: 'body',
      sentAt: new Date(0),
      receives: 1,
      attributes: { Reason: 'locked' },
      wasMovedBySqs: false,
      receiptHandle: `m${at}`,
    }),
  );
  let hidden = new Set<string>();
  const queue: DeadLetterQueue = {
    name: 'findings',
    count: async () => ({ visible: letters.length, all: letters.length }),
    receive: async (most) => {
      const shown = letters.filter(({ messageId }) => !hidden.has(messageId)).slice(0, most);
      hidden = hidden.union(new Set(shown.map(({ messageId }) => messageId)));
      return shown;
    },
    giveBack: async (handles) => void (hidden = hidden.difference(new Set(handles))),
    delete: async ({ messageId }) =>
      void letters.splice(
        letters.findIndex((letter) => letter.messageId === messageId),
        1,
      ),
  };
  return { queue, letters };
}

/** Discards all messages, of which somebody else takes so many between the question and the change. */
async function discardedBeside(others: number, of: number) {
  const { letters, queue } = createQueue(of);
  const [out, err] = [new PassThrough(), new PassThrough()];
  const terminal = { out, err, input: out, env: {}, isInteractive: false, showsProgress: false };
  const code = await runCommand(terminal, {}, (context) =>
    changeChosen(
      [queue],
      {},
      {
        flags: { yes: true },
        plan: () => ({ result: 'would be deleted', isDone: true }),
        question: () => '',
        refused: '',
        notDeleted: '',
        rate: rateOf('1000/s'),
        async begin() {
          letters.splice(0, others);
          return async (letter, from) => {
            await from.delete(letter);
            return { result: 'deleted', isDone: true };
          };
        },
      },
      openOutput(terminal, resultColumns, { jsonl: true, fields: 'message_id,result' }),
      context,
    ),
  );
  return { code, out: String(out.read()), err: String(err.read()) };
}

const notMet = 'not met: somebody else took it or holds it';

describe('messages that another person takes after the question', () => {
  it('are told as not met again, message by message, beside those that were changed', async () => {
    expect(await discardedBeside(1, 2)).toEqual({
      code: 1,
      out: `{"message_id":"m1","result":"deleted"}\n{"message_id":"m0","result":"${notMet}"}\n`,
      err: '1 of 2 messages was not met again: somebody else took it, or holds it for at most two minutes. `dlq list` shows what is left.\n',
    });
  });

  it('are no stop of the command, also where all of them are gone', async () => {
    const { code, err } = await discardedBeside(3, 3);

    expect(code).toBe(1);
    expect(err).toBe(
      '3 of 3 messages were not met again: somebody else took them, or holds them for at most two minutes. `dlq list` shows what is left.\n',
    );
  });
});
