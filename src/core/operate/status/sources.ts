import type { ValveSeen } from '../pause-service.ts';
import type { RecordCounts } from './count-records.ts';
import type { WorkerNumbers } from './worker-numbers.ts';

/** The answer of a source. A number that it did not give is unknown, and never 0. */
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
  /** The numbers of each worker that was named. */
  readonly workers: Asked<readonly Asked<WorkerNumbers>[]>;
}
