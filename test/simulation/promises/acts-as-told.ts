import { Violation } from '../actor.ts';
import type { Handling } from '../history/handling.ts';
import type { Checker } from '../history/happenings.ts';

/**
 * Invariant 8: nothing is copied, hidden or removed but as policy and mode said when the message came, and
 * outcome and record say what they said. An isolation that was begun is finished, whatever the policy says later.
 */
export function actsAsTold(): Checker {
  const unasked = (why: string): never => {
    throw new Violation('never act unasked', why);
  };
  const judge = (what: string, { message, rulesAtStart, copyAtStart, isShared, by }: Handling): void => {
    const { isolates, mode } = rulesAtStart;
    if (mode === 'dry-run') unasked(`${by} ${what} in a dry run`);
    const isRepetition = message.receiveCount > 1 || message.origin === 'replay';
    // Another worker may begin in the middle.
    const mayBeBegun = isRepetition && (copyAtStart || isShared);
    if (!isolates && !mayBeBegun) unasked(`${by} ${what}, although the policy only alerts`);
  };
  return {
    copied: (copy, handling) => judge(`copied ${copy.copyOf?.write}`, handling),
    hid: ({ was, handling }) => judge(`hid ${was.write}`, handling),
    removed: ({ entry, handling }) => judge(`removed ${entry.write}`, handling),
    said({ in: where, outcome, fields }, { rulesAtStart }) {
      const { isolates, mode } = rulesAtStart;
      if (outcome === 'dry_run' && mode !== 'dry-run') unasked('dry_run is said outside a dry run');
      if (outcome === 'alerted' && isolates) unasked('alerted is said, although the policy isolates');
      if (outcome === 'isolated' && mode === 'dry-run') unasked('isolated is said in a dry run');
      if (where !== 'record') return;
      if (fields['policy_action'] !== (isolates ? 'isolate' : 'alert'))
        unasked(`the record names the action ${String(fields['policy_action'])}`);
      if (fields['policy_rule'] !== (isolates ? 'all' : 'none'))
        unasked(`the record names the rule ${String(fields['policy_rule'])}`);
    },
  };
}
