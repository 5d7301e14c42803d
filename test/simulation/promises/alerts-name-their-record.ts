import { Violation } from '../actor.ts';
import type { Checker } from '../history/happenings.ts';

/**
 * Invariant 4: the record that an alert names is about the object of the alert. Two objects may come under one
 * finding id. An alert that names the record of the other object is true only if a second alert names the right one.
 */
export function alertsNameTheirRecord(): Checker {
  /** By key: the finding that the record is about. */
  const records = new Map<string, string>();
  /** By finding and outcome: the records that its alerts named. */
  const named = new Map<string, Set<string>>();
  /** Findings of which a call failed: it may be the second alert. */
  const disturbed = new Set<string>();

  return {
    said({ in: where, outcome, recordKey }, { flagged }) {
      if (flagged === undefined || recordKey === undefined) return;
      if (where === 'record') records.set(recordKey, flagged.name);
      else {
        const alert = `${flagged.name} ${outcome}`;
        named.set(alert, new Set([...(named.get(alert) ?? []), recordKey]));
      }
    },
    ended({ failedCalls, flagged }) {
      if (failedCalls.length > 0 && flagged) disturbed.add(flagged.name);
    },
    over() {
      for (const [alert, recordKeys] of named) {
        const [finding = ''] = alert.split(' ');
        const about = [...recordKeys].map((key) => records.get(key) ?? finding);
        if (about.includes(finding) || disturbed.has(finding)) continue;
        throw new Violation('no untrue word', `the alert of ${alert} names the record of ${about.join()}`);
      }
    },
    fingerprint: () =>
      [
        [...records].map(String).sort().join(),
        [...named].map(([alert, keys]) => `${alert}:${[...keys].sort().join()}`).sort(),
        [...disturbed].sort().join(),
      ].join('\n'),
  };
}
