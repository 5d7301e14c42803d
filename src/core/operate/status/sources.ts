import type { ValveSeen } from '../pause-service.ts';
import type { RecordCounts } from './count-records.ts';
import type { WorkerNumbers } from './worker-numbers.ts';

/** What a source answered. What it did not answer is never taken for a number. */
export type Asked<Value> =
  | { readonly value: Value }
  | {
      readonly unknown: string;
      /** Nobody named the source, so that its silence is no failure. */
      readonly isNotNamed?: true;
    };

export interface StatusSources {
  readonly valve: Asked<ValveSeen>;
  /** Messages of the findings queue: visible, in flight and delayed. */
  readonly queue: Asked<{
    readonly visible: number;
    readonly in_flight: number;
    readonly delayed: number;
  }>;
  /** Messages of the dead-letter queue. */
  readonly parked: Asked<number>;
  readonly records: Asked<RecordCounts>;
  /** What each worker says that was named. */
  readonly workers: Asked<readonly Asked<WorkerNumbers>[]>;
}
