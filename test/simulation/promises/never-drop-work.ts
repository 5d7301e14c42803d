import { Violation } from '../actor.ts';
import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';

/** Invariant 5: every message ends, with a record or in the dead-letter queue with its reason. */
export function neverDropWork({ queue, recorded }: History): Checker {
  const dropped = (what: string): never => {
    throw new Violation('never drop work', what);
  };
  return {
    acknowledged({ handling, how, outcome }) {
      const { messageId, flagged } = handling;
      if (how === 'park') {
        const letter = queue.deadLetters.find(({ sourceMessageId }) => sourceMessageId === messageId);
        if (!letter?.reason || !letter.outcome)
          dropped(`${messageId} was deleted before it was parked with its reason`);
        return;
      }
      if (flagged && recorded(flagged, outcome)) return;
      dropped(`${messageId} was acknowledged without a record of ${outcome}`);
    },
    over(crashed) {
      for (const { message, deleted } of queue.queued) if (!deleted) dropped(`${message.id} never ended`);
      for (const { reason, sourceMessageId } of queue.deadLetters) {
        if (!reason && !crashed.has(sourceMessageId))
          dropped(`${sourceMessageId} is parked without a reason`);
      }
    },
  };
}
