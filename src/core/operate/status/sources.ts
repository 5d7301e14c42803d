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
  /** Messages of the dead-letter queues: of the findings queue, and of the rules if the settings name that queue. */
  readonly parked: Asked<{ readonly findings: number; readonly rules: number }>;
  readonly records: Asked<RecordCounts>;
  /** The numbers of each worker that was named. */
  readonly workers: Asked<readonly Asked<WorkerNumbers>[]>;
  /** The service of ECS that runs the workers. */
  readonly service: Asked<ServiceSeen>;
  /** What CloudWatch counts of the workers' log and of the findings queue. */
  readonly counted: Asked<Counted>;
}

export interface ServiceSeen {
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  /** `failing` once a task of a deployment failed, until ECS has finished or rolled back the deployment. */
  readonly deployment: 'done' | 'in-progress' | 'failing';
  /** The image of the workers, and its version if its tags name it. */
  readonly image?: { readonly name: string; readonly version?: string };
}

/** A number is absent if CloudWatch has no value of it. */
export interface Counted {
  /** What the filters of `cloudwatch.yaml` count; absent if they counted nothing, not even zero. */
  readonly log?: {
    /** The first day whose given-up alerts are counted. */
    readonly since: string;
    readonly notTold: number;
    readonly isHalted: boolean;
    /** Of findings that are unfinished for longer than the objective; `none` if no line told of such a finding. */
    readonly oldestUnfinishedSeconds: number | 'none';
  };
  readonly queueAgeSeconds?: number;
}
