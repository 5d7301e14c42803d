import type { Gauge } from 'prom-client';
import type { Closed, ValveState } from '../../core/valve/valve.ts';
import type { EventLog } from '../event-log.ts';
import type { Metrics } from '../metrics.ts';

/** Below this share of the budget people are warned. The alert of Prometheus has the same share. */
const lowShare = 0.2;

/** The events of the valve: the service is paused, resumes, or cannot know its state. */
export function createValveEvents({ log, isDue }: EventLog, metrics: Metrics, now: () => Date) {
  // A number that is not known is not shown, and a new gauge is 0.
  setIfKnown(metrics.budgetRemaining, undefined);
  setIfKnown(metrics.budget, undefined);

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
    valveRead({ budget, remaining, spent }: ValveState) {
      // A spent budget stays spent under the pause of a person.
      metrics.budgetSpent.set(spent === undefined ? 0 : 1);
      setIfKnown(metrics.budgetRemaining, remaining);
      setIfKnown(metrics.budget, budget);
      if (remaining === undefined || budget === undefined || remaining >= budget * lowShare) return;
      if (isDue('budget_low')) log('warn', 'budget_low', { remaining, budget }, 'the budget runs low');
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

function setIfKnown(gauge: Gauge, value: number | undefined): void {
  if (value === undefined) gauge.remove();
  else gauge.set(value);
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
