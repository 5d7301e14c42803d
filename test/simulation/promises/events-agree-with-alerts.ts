import { eventAbout } from '../../../src/core/tell/outcome-event.ts';
import { Violation } from '../actor.ts';
import type { Handling } from '../history/handling.ts';
import type { Checker } from '../history/happenings.ts';

/**
 * Invariant 4: people learn by the alert whether the data can be read, programs by the event, which is made from the
 * record. Both say the same.
 */
export function eventsAgreeWithAlerts(): Checker {
  /** What the alert of a handling said. */
  const alerted = new WeakMap<Handling, unknown>();

  return {
    said({ fields, in: where, json, outcome, recordKey }, handling) {
      if (where === 'alert') {
        alerted.set(handling, fields['readable']);
        return;
      }
      if (!alerted.has(handling) || recordKey === undefined) return;
      const inAlert = String(alerted.get(handling));
      const inEvent = inEventAbout(recordKey, json);
      if (inAlert === inEvent) return;
      throw new Violation(
        'no untrue word',
        `${outcome}: readable is ${inAlert} in the alert, ${inEvent} in the event`,
      );
    },
  };
}

/** Schedules that are played again write the same records. */
const known = new Map<string, string>();

function inEventAbout(recordKey: string, json: string): string {
  const readable = known.get(json) ?? String(eventAbout(recordKey, json)?.readable);
  if (known.size > 5_000) known.clear();
  known.set(json, readable);
  return readable;
}
