/** Whether the flagged data can still be read at the place where Macie found it. */
export type Readable = 'yes' | 'no' | 'unknown';

/** `delete`: the work is done. `park`: a person must look, so the message goes to the dead-letter queue. */
export type SettledBy = 'delete' | 'park';

/** The part of an outcome in the objective. `met` counts by its time; `outside` does not count. */
export type Objective = 'met' | 'missed' | 'outside';

interface Row {
  /** A sentence for people. */
  readonly meaning: string;
  /** The `detail-type` of its event on the outcome bus. Rules of users match it, so it never changes. */
  readonly detailType: string;
  readonly settledBy: SettledBy;
  /** Whether an alert is due. An outcome that needs nobody alerts nobody. */
  readonly alerts: boolean;
  readonly objective: Objective;
  /** Where there are many alerts, a digest may sum this one up with others: it needs no person at once. */
  readonly mayBeFolded?: true;
  /** A rule of the policy may switch the alert off. */
  readonly mayBeQuiet?: true;
  /** One answer, or an answer for each reason of the outcome. */
  readonly readable: Readable | Readonly<Record<string, Readable>>;
}

/**
 * Every end of a handling. A new outcome or reason starts here: metric series, alerts, documents and tests
 * are generated from this table. People read the reasons too, so they are short, stable and in kebab-case.
 */
export const outcomes = {
  isolated: {
    meaning: 'This handling removed the flagged bytes, or finished an isolation that a crash had cut short.',
    detailType: 'Object Isolated',
    settledBy: 'delete',
    alerts: true,
    mayBeFolded: true,
    objective: 'met',
    mayBeQuiet: true,
    readable: 'no',
  },
  already_isolated: {
    meaning: 'The flagged bytes are gone from the source, and a verified copy exists.',
    detailType: 'Object Already Isolated',
    settledBy: 'delete',
    alerts: false,
    objective: 'outside',
    readable: 'no',
  },
  dry_run: {
    meaning:
      '`MODE=dry-run`, or `dryRun` of the rule: nothing was touched, and the record says how an isolation would end.',
    detailType: 'Object Isolation Rehearsed',
    settledBy: 'delete',
    alerts: true,
    mayBeFolded: true,
    objective: 'outside',
    mayBeQuiet: true,
    // The alert says more if the dry run could read the source.
    readable: 'unknown',
  },
  alerted: {
    meaning: 'The policy says to alert people and to leave the object.',
    detailType: 'Object Kept By Policy',
    settledBy: 'delete',
    alerts: true,
    mayBeFolded: true,
    objective: 'outside',
    mayBeQuiet: true,
    // Nobody looks at an object that stays.
    readable: 'unknown',
  },
  ignored: {
    meaning: 'The finding has nothing to isolate, or the policy says to ignore it.',
    detailType: 'Finding Ignored',
    settledBy: 'delete',
    alerts: false,
    objective: 'outside',
    readable: {
      // Macie invents the object of a sample finding.
      sample: 'no',
      archived: 'unknown',
      'policy-finding': 'unknown',
      // Only investigators may read isolated copies.
      'isolation-bucket': 'no',
      rule: 'unknown',
    },
  },
  released: {
    meaning: 'A person put these very bytes back.',
    detailType: 'Object Released Before',
    settledBy: 'delete',
    alerts: false,
    objective: 'outside',
    readable: 'yes',
  },
  changed: {
    meaning:
      'The object holds other bytes now, and no verified copy of the flagged bytes exists: nothing was removed.',
    detailType: 'Object Changed',
    settledBy: 'delete',
    alerts: true,
    mayBeFolded: true,
    objective: 'outside',
    readable: 'no',
  },
  gone: {
    meaning: 'Somebody else removed the object, and no verified copy exists.',
    detailType: 'Object Gone',
    settledBy: 'delete',
    alerts: true,
    mayBeFolded: true,
    objective: 'outside',
    readable: { 'source-absent': 'no', 'copy-unverified': 'no' },
  },
  retained: {
    meaning: 'A verified copy is safe, but the source could not be removed.',
    detailType: 'Object Retained',
    settledBy: 'park',
    alerts: true,
    objective: 'missed',
    readable: {
      locked: 'yes',
      'legal-hold': 'yes',
      'mfa-delete': 'yes',
      'delete-denied': 'yes',
      'unguardable-null-version': 'yes',
      'conditional-delete-unsupported': 'yes',
      // A delete may have succeeded although its answer was lost.
      'retries-exhausted': 'unknown',
    },
  },
  refused: {
    meaning: 'No verified copy could be made, so the source was left untouched.',
    detailType: 'Object Isolation Refused',
    settledBy: 'park',
    alerts: true,
    objective: 'missed',
    readable: {
      // Without permission to list, S3 answers "denied" for an absent object too.
      'access-denied': 'unknown',
      // Whoever may restore an archived object may read it.
      'archived-storage-class': 'yes',
      // The worker does not look at the source.
      'cross-region': 'unknown',
      'no-role': 'unknown',
      'no-such-bucket': 'no',
      // The bucket answers nothing to a caller that does not pay, not even whether the object exists.
      'requester-pays': 'unknown',
      // Nobody can read the object if the key is deleted. Others can read it if only the worker may not use
      // the key.
      'source-key-unusable': 'unknown',
      // Only whoever holds the customer's key can read the object, and S3 does not know who that is.
      'sse-c': 'unknown',
      'unverifiable-size': 'yes',
      'verification-failed': 'yes',
      // The bucket belongs to another account now. Nobody knows what happened to the flagged data.
      'wrong-owner': 'unknown',
      'retries-exhausted': 'unknown',
    },
  },
  held: {
    meaning:
      'A limit of this hour is reached, so nothing was done to the object: the finding has to be sent again.',
    detailType: 'Object Held',
    settledBy: 'delete',
    alerts: true,
    mayBeFolded: true,
    objective: 'missed',
    readable: { 'rule-limit': 'yes', 'bucket-limit': 'yes' },
  },
  rejected: {
    meaning: 'The message cannot be acted on.',
    detailType: 'Finding Rejected',
    settledBy: 'park',
    alerts: true,
    objective: 'outside',
    readable: {
      'not-json': 'unknown',
      'not-a-finding': 'unknown',
      'no-finding-id': 'unknown',
      'unsupported-type': 'unknown',
      'no-identity': 'unknown',
      // Nothing is known about an object that a forged finding names.
      'not-confirmed': 'unknown',
    },
  },
} as const satisfies Record<string, Row>;

type Outcomes = typeof outcomes;
export type OutcomeName = keyof Outcomes;
export type ReasonOf<Name extends OutcomeName> = Outcomes[Name]['readable'] extends infer Each
  ? Each extends Readable
    ? never
    : keyof Each & string
  : never;
export type RetainedReason = ReasonOf<'retained'>;
export type RefusedReason = ReasonOf<'refused'>;
export type HeldReason = ReasonOf<'held'>;
/** The outcomes that a digest may sum up. */
export type FoldedName = {
  [Name in OutcomeName]: Outcomes[Name] extends { readonly mayBeFolded: true } ? Name : never;
}[OutcomeName];

/** The reasons of each outcome; empty if the outcome has no reasons. */
export const outcomeReasons = Object.fromEntries<unknown>(
  Object.entries<Row>(outcomes).map(([name, { readable }]) => [
    name,
    typeof readable === 'string' ? [] : Object.keys(readable),
  ]),
) as { readonly [Name in OutcomeName]: readonly ReasonOf<Name>[] };

type OutcomeOf<Name extends OutcomeName> = [ReasonOf<Name>] extends [never]
  ? { readonly name: Name }
  : {
      readonly name: Name;
      readonly reason: ReasonOf<Name>;
      /** The last error code if the reason is `retries-exhausted`. */
      readonly lastError?: string;
    };

export type Outcome = { [Name in OutcomeName]: OutcomeOf<Name> }[OutcomeName];
export type FoldedOutcome = Extract<Outcome, { readonly name: FoldedName }>;

/** The reason as records, alerts and dead-letter attributes show it. Metrics show only `reason`. */
export function reasonText(outcome: Outcome): string | undefined {
  if (!('reason' in outcome)) return undefined;
  return outcome.lastError ?? outcome.reason;
}

export function settledBy({ name }: Outcome): SettledBy {
  return outcomes[name].settledBy;
}

/** With `quiet`, the rule wants no alert about outcomes that need nobody. */
export function alertIsDue({ name }: Outcome, quiet = false): boolean {
  const { alerts, mayBeQuiet }: Row = outcomes[name];
  return alerts && !(quiet && mayBeQuiet === true);
}

/** Whether a digest may sum the outcome up with others. */
export function mayBeFolded(outcome: Outcome): outcome is FoldedOutcome {
  const row: Row = outcomes[outcome.name];
  return row.mayBeFolded === true;
}

/** The answer of the outcome alone. A handling that could not read the source knows less. */
export function readableAfter(outcome: Outcome): Readable {
  const { readable }: Row = outcomes[outcome.name];
  if (typeof readable === 'string') return readable;
  return ('reason' in outcome ? readable[outcome.reason] : undefined) ?? 'unknown';
}

/**
 * Data that nobody can read any more is no miss, because there was nothing left to isolate. Data that a proved fence
 * contains is counted in a series of its own.
 */
export function objectiveOf(outcome: Outcome, isContained = false): Objective {
  const { objective } = outcomes[outcome.name];
  const isOutOfReach = isContained || readableAfter(outcome) === 'no';
  return objective === 'missed' && isOutOfReach ? 'outside' : objective;
}
