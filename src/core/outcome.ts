/**
 * Every way in which handling a message can end, with the reasons that each may carry. The metrics
 * pre-set one series for each pair, and the runbook has a section for each parked one, so a new
 * outcome or reason starts here. Reasons are for people too: short, stable, kebab-case.
 */
export const outcomeReasons = {
  /** This handling removed the flagged bytes, or finished an isolation that a crash had cut short. */
  isolated: [],
  /** The flagged bytes are gone from the source, and a verified copy is there. */
  already_isolated: [],
  /** `MODE=dry-run`: would have isolated. */
  dry_run: [],
  /** The policy says: tell people, leave the object. */
  alerted: [],
  ignored: ['sample', 'archived', 'policy-finding', 'isolation-bucket', 'rule'],
  /** A person put these very bytes back. */
  released: [],
  /** Other bytes lie there now, and there was no verified copy of the flagged ones: nothing removed. */
  changed: [],
  gone: ['source-absent', 'copy-unverified'],
  /** The copy is safe; the source could not be removed. */
  retained: [
    'locked',
    'legal-hold',
    'mfa-delete',
    'delete-denied',
    'unguardable-null-version',
    'conditional-delete-unsupported',
    'retries-exhausted',
  ],
  /** No verified copy could be made; the source is untouched. */
  refused: [
    'access-denied',
    'archived-storage-class',
    'cross-region',
    'no-role',
    'no-such-bucket',
    'requester-pays',
    'source-key-unusable',
    'sse-c',
    'unverifiable-size',
    'verification-failed',
    'wrong-owner',
    'retries-exhausted',
  ],
  /** The message cannot be acted on. */
  rejected: ['not-json', 'not-a-finding', 'no-finding-id', 'unsupported-type', 'no-identity'],
} as const satisfies Record<string, readonly string[]>;

export type OutcomeName = keyof typeof outcomeReasons;
export type ReasonOf<Name extends OutcomeName> = (typeof outcomeReasons)[Name][number];
export type RetainedReason = ReasonOf<'retained'>;
export type RefusedReason = ReasonOf<'refused'>;

type OutcomeOf<Name extends OutcomeName> = [ReasonOf<Name>] extends [never]
  ? { readonly name: Name }
  : {
      readonly name: Name;
      readonly reason: ReasonOf<Name>;
      /** The last error's name where the reason is `retries-exhausted`. */
      readonly lastError?: string;
    };

export type Outcome = { [Name in OutcomeName]: OutcomeOf<Name> }[OutcomeName];

/** The reason as records, alerts and dead-letter attributes give it; metrics use `reason` alone. */
export function reasonText(outcome: Outcome): string | undefined {
  if (!('reason' in outcome)) return undefined;
  return outcome.lastError ?? outcome.reason;
}

/** `delete`: the work is done. `park`: a person has to look, so the message goes to the dead-letter queue. */
export type SettledBy = 'delete' | 'park';

export function settledBy(outcome: Outcome): SettledBy {
  switch (outcome.name) {
    case 'isolated':
    case 'already_isolated':
    case 'dry_run':
    case 'alerted':
    case 'ignored':
    case 'released':
    case 'changed':
    case 'gone':
      return 'delete';
    case 'retained':
    case 'refused':
    case 'rejected':
      return 'park';
  }
}

/** Whether people are told. What needs nobody (done before, or not ours) stays quiet. */
export function alertIsDue(outcome: Outcome): boolean {
  switch (outcome.name) {
    case 'already_isolated':
    case 'ignored':
    case 'released':
      return false;
    case 'isolated':
    case 'dry_run':
    case 'alerted':
    case 'changed':
    case 'gone':
    case 'retained':
    case 'refused':
    case 'rejected':
      return true;
  }
}
