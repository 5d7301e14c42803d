import { createDeadLetterQueue } from '../../aws/queue/dead-letter-queue.ts';
import { createFindingsSender } from '../../aws/queue/findings-sender.ts';
import type { DeadLetterQueue } from '../../core/operate/dead-letters/each-letter.ts';
import type { FindingsSender } from '../../core/operate/findings-sender.ts';
import type { OperatorClients } from './clients.ts';

/** The settings that name the dead-letter queues. */
export const deadLetterSettings = ['DEAD_LETTER_QUEUE_URL', 'RULES_DEAD_LETTER_QUEUE_URL'] as const;

export interface DeadLetterSettings {
  readonly DEAD_LETTER_QUEUE_URL?: string | undefined;
  readonly RULES_DEAD_LETTER_QUEUE_URL?: string | undefined;
}

/** The dead-letter queues of the installation, as far as the settings name them. */
export async function deadLettersOf(
  clients: OperatorClients,
  settings: DeadLetterSettings,
): Promise<readonly DeadLetterQueue[]> {
  const client = await clients.sqs();
  const named = [
    ['findings', settings.DEAD_LETTER_QUEUE_URL],
    ['rules', settings.RULES_DEAD_LETTER_QUEUE_URL],
  ] as const;
  return named.flatMap(([name, url]) =>
    url === undefined ? [] : [createDeadLetterQueue(client, name, url)],
  );
}

export async function findingsSenderOf(
  clients: OperatorClients,
  { QUEUE_URL }: { readonly QUEUE_URL: string },
): Promise<FindingsSender> {
  return createFindingsSender(await clients.sqs(), QUEUE_URL);
}
