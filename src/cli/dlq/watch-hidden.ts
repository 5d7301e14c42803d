import type { DeadLetterQueue } from '../../core/operate/dead-letters/each-letter.ts';
import { countText } from '../frame/size-text.ts';
import type { Terminal } from '../frame/terminal.ts';

/** Queues of one pass, and what the pass did not see. */
export interface Watched {
  readonly queues: readonly DeadLetterQueue[];
  /** Writes nothing if the pass was given as many messages as SQS had counted. */
  tellHidden(terminal: Pick<Terminal, 'err'>): void;
}

/** SQS gives a message to one receiver at a time, and counts all. Without this, "no message" would be said of hidden ones. */
export function watchHidden(queues: readonly DeadLetterQueue[]): Watched {
  const counted = new Map<DeadLetterQueue, number>();
  const given = new Set<string>();
  const watched = queues.map(
    (queue): DeadLetterQueue => ({
      ...queue,
      async count() {
        const counts = await queue.count();
        counted.set(queue, counts.all);
        return counts;
      },
      async receive(count, hiddenSeconds) {
        const letters = await queue.receive(count, hiddenSeconds);
        for (const { messageId } of letters) given.add(messageId);
        return letters;
      },
    }),
  );
  return {
    queues: watched,
    tellHidden({ err }) {
      const hidden = [...counted.values()].reduce((sum, all) => sum + all, 0) - given.size;
      if (hidden <= 0) return;
      const [them, they] = hidden === 1 ? ['it', 'it was'] : ['them', 'they were'];
      // The count of SQS is up to a minute old.
      err.write(
        `SQS counts ${countText(hidden, 'message')} more than it gave: another command or a console holds ${them}, or ${they} just deleted. Repeat this command in two minutes.\n`,
      );
    },
  };
}
