/** The number of findings that may still be isolated. All workers share it. */
export interface IsolationBudget {
  /** Returns `undefined` if the service is paused; then the finding goes back to the queue. Throws `RetryableError`. */
  take(): Promise<Unit | undefined>;
}

/** The limits of rules and buckets. All workers share them. */
export interface IsolationLimits {
  /** Returns `undefined` if the limit has no unit left in this hour. Throws `RetryableError`. */
  take(limit: Limit): Promise<Unit | undefined>;
}

/** How many findings of one rule, or of one bucket, may be isolated in an hour. */
export interface Limit {
  readonly of: 'rule' | 'bucket';
  /** The name of the rule or of the bucket. */
  readonly name: string;
  readonly perHour: number;
}

/** The right to isolate one finding. */
export interface Unit {
  /** Gives the unit back, because nothing was removed. */
  giveBack(): void;
}
