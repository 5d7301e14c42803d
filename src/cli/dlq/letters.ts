import type { OperatorClients } from '../../compose/operator/clients.ts';
import { type DeadLetterSettings, deadLettersOf } from '../../compose/operator/dead-letters.ts';
import type { DeadLetterQueueName } from '../../core/operate/dead-letters/dead-letter.ts';
import type { DeadLetterQueue } from '../../core/operate/dead-letters/each-letter.ts';
import type { LetterFilter } from '../../core/operate/dead-letters/letter-filter.ts';
import { outcomes } from '../../core/outcome.ts';
import { findingNamed } from '../finding-id.ts';
import { CommandError, usageError } from '../frame/command-error.ts';
import { exitCode } from '../frame/exit-code.ts';
import { visible } from '../frame/terminal.ts';

/** The flags by which the commands of `dlq` choose messages. */
export interface LetterFlags {
  readonly queue?: readonly string[];
  readonly parkedFor?: readonly string[];
  readonly outcome?: readonly string[];
  readonly finding?: readonly string[];
  readonly message?: readonly string[];
  readonly all?: boolean;
}

const queueNames = ['findings', 'rules'] as const satisfies readonly DeadLetterQueueName[];

export function filterOf(flags: LetterFlags): LetterFilter {
  const { finding, message: messages, outcome, parkedFor: reasons, queue } = flags;
  const queues = queue?.map((text) => oneOf('--queue', text, queueNames));
  const names = outcome?.map((text) => oneOf('--outcome', text, Object.keys(outcomes)));
  const findings = finding?.map(findingIdOf);
  for (const text of messages ?? []) beginningOf('--message', text);
  return {
    ...(queues && { queues }),
    ...(names && { outcomes: names }),
    ...(reasons && { reasons }),
    ...(findings && { findings }),
    ...(messages && { messages }),
  };
}

/** The filter of a command that changes something: without a condition it wants `--all`. */
export function chosenOf(flags: LetterFlags): LetterFilter {
  const filter = filterOf(flags);
  const isEmpty = Object.keys(filter).length === 0;
  if (isEmpty && !flags.all) {
    throw usageError(
      'Say which messages: --parked-for, --outcome, --finding, --message or --queue; or --all for every message.',
    );
  }
  if (!isEmpty && flags.all) throw usageError('Give --all or conditions, not both.');
  return filter;
}

/** The dead-letter queues that the filter does not exclude. */
export async function queuesFor(
  clients: OperatorClients,
  settings: DeadLetterSettings,
  filter: LetterFilter,
): Promise<readonly DeadLetterQueue[]> {
  const all = await deadLettersOf(clients, settings);
  const wanted = all.filter(({ name }) => filter.queues?.includes(name) !== false);
  if (wanted.length > 0) return wanted;
  throw new CommandError(
    'No dead-letter queue is known. Give --stack, or set DEAD_LETTER_QUEUE_URL or RULES_DEAD_LETTER_QUEUE_URL.',
    exitCode.configuration,
  );
}

/** Messages name their finding alone, so that the digest of an object would have no effect. */
function findingIdOf(text: string): string {
  const { id, object } = findingNamed(text);
  if (object === undefined) return id;
  throw usageError(
    `${text} names one object, and messages are chosen by their finding. \`dlq list --finding ${id}\` shows them: name one of them by --message.`,
  );
}

function oneOf<Name extends string>(flag: string, text: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw usageError(`${flag} takes ${names.join(', ')}; not ${visible(text)}.`);
}

/** Shorter beginnings of ids fit by chance. */
export function beginningOf(flag: string, text: string): void {
  if (/^[\w-]{6,128}$/.test(text)) return;
  throw usageError(`${flag} takes an id, or at least its first six characters; not ${visible(text)}.`);
}
