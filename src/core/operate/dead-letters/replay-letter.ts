import type { FindingsSender } from '../findings-sender.ts';
import { isBodyOf, replaysOf, stubOf } from './dead-letter.ts';
import { deleteLetter } from './delete-letter.ts';
import type { DeadLetterQueue, HeldLetter } from './each-letter.ts';

export interface ReplayPorts {
  readonly findings: FindingsSender;
  /** Reads an object of the isolation bucket; `undefined` if there is none. */
  readonly keptBody: (key: string) => Promise<string | undefined>;
}

export type Replay = 'sent' | 'came-back-before' | 'body-missing' | 'body-altered' | 'too-large';

/**
 * Sends a message to the findings queue again, then deletes it from its dead-letter queue: a crash between the
 * two sends it twice, but never loses it. A message that was sent again before, and came back, is sent only with
 * `force`. Throws `NotDeletedError` if the message was sent and not deleted.
 */
export async function replayLetter(
  letter: HeldLetter,
  queue: DeadLetterQueue,
  { findings, keptBody }: ReplayPorts,
  { force }: { readonly force: boolean },
): Promise<Replay> {
  if (!force && replaysOf(letter.attributes) > 0) return 'came-back-before';
  const stub = stubOf(letter.body);
  const body = stub === undefined ? letter.body : await keptBody(stub.keptAt);
  if (body === undefined) return 'body-missing';
  if (stub !== undefined && !isBodyOf(stub, body)) return 'body-altered';
  const { Origin: _origin, Replays: _replays, ...kept } = letter.attributes;
  const needed = { Origin: 'replay', Replays: String(replaysOf(letter.attributes) + 1) };
  const answer = await findings.send(body, needed, kept);
  if (answer === 'sent') await deleteLetter(letter, queue);
  return answer;
}
