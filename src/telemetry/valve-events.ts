import type { Closed } from '../core/valve/valve.ts';
import type { EventLog } from './event-log.ts';
import type { Metrics } from './metrics.ts';

/** The events of the valve: the service is paused, resumes, or cannot know its state. */
export function createValveEvents({ log, isDue }: EventLog, metrics: Metrics, now: () => Date) {
  return {
    paused(why: Closed) {
      metrics.paused.set(1);
      const { by, reason, since } = pauseFields(why);
      log(by === 'person' ? 'warn' : 'error', 'paused', { by, reason, since }, 'paused');
    },
    stillPaused(why: Closed) {
      if (!isDue('still_paused')) return;
      const { by, reason } = pauseFields(why);
      log('warn', 'still_paused', { by, reason }, 'still paused');
    },
    resumed() {
      metrics.paused.set(0);
      log('info', 'resumed', {}, 'isolating');
    },
    valveRead(remaining: number | undefined) {
      if (remaining === undefined) return metrics.budgetRemaining.reset();
      metrics.budgetRemaining.set(remaining);
    },
    valveAnswered() {
      metrics.lastValveRead.set(now().getTime() / 1000);
    },
    valveUnreadable(err: unknown) {
      if (isDue('valve_unreadable')) {
        log('warn', 'valve_unreadable', { err }, 'pause and budget cannot be read');
      }
    },
  };
}

/** The fields about a pause in log lines and in `/readyz`. */
export function pauseFields(why: Closed): { by: Closed['by']; reason: string; since?: string } {
  switch (why.by) {
    case 'person':
      return { by: 'person', reason: why.pause.reason, since: why.pause.since.toISOString() };
    case 'budget': {
      const reason = `the budget of ${why.count.budget} isolations is spent: a person has to resume`;
      return {
        by: 'budget',
        reason,
        ...(why.count.spentSince && { since: why.count.spentSince.toISOString() }),
      };
    }
    case 'unknown':
      return { by: 'unknown', reason: why.problem };
  }
}
