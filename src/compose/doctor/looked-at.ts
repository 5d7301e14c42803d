import { queueAttributes } from '../../aws/queue/queue-attributes.ts';
import { bucketSettings } from '../../aws/s3/bucket/bucket-settings.ts';
import { newestKeys } from '../../aws/s3/bucket/newest-keys.ts';
import { recordsBeginning } from '../../core/evidence/keys.ts';
import type { PolicySeen } from '../../core/operate/doctor/judge-never-shown.ts';
import type { QueueAttributes } from '../../core/operate/doctor/judge-queue.ts';
import { type LastRecords, readLastRecords } from '../../core/operate/doctor/last-records.ts';
import { UncheckedError } from '../../core/operate/doctor/run-checks.ts';
import { recordDays } from '../../core/operate/records/record-names.ts';
import type { OperatorClients } from '../operator/clients.ts';
import { evidenceOf, type IsolationBucketSettings, placeOf } from '../operator/isolation-bucket.ts';
import type { ReleaseSettings } from '../operator/release.ts';
import { type PolicySettings, policyInForce } from './policy-in-force.ts';

export interface DoctorSettings extends ReleaseSettings, PolicySettings {
  readonly DEAD_LETTER_QUEUE_URL?: string | undefined;
  readonly ALERT_TOPIC_ARN?: string | undefined;
  readonly PARK_AFTER_RECEIVES: number;
  readonly OUTCOME_BUS_ARN?: string | undefined;
  readonly MEMBER_ROLE_NAME?: string | undefined;
  readonly PARAMETER_PATH?: string | undefined;
  readonly CONFIRM_FINDINGS?: string | undefined;
  readonly FENCE?: string | undefined;
}

/** The flags of the command. */
export interface DoctorOptions {
  /** The stack of `data-plane.yaml`, and that of `service.yaml`. */
  readonly stack?: string | undefined;
  readonly serviceStack?: string | undefined;
  /** Buckets of this account that the worker must reach. */
  readonly sourceBuckets: readonly string[];
  /** Workers whose metrics are read. */
  readonly urls: readonly URL[];
  /** A small object is put and copied. */
  readonly canary: boolean;
  /** A sample finding is followed for at most so long. */
  readonly probe: { readonly patienceMs: number } | undefined;
  readonly signal: AbortSignal;
  /** Shows what is waited for. */
  readonly say: (progress: string) => void;
}

type Outputs = Readonly<Record<string, string | undefined>>;

/** The installation that is looked at. A resource that several checks look at is asked for once. */
export interface LookedAt {
  readonly clients: OperatorClients;
  readonly settings: DoctorSettings;
  readonly options: DoctorOptions;
  queue(url: string): Promise<QueueAttributes>;
  bucketPolicy(): Promise<string | undefined>;
  /** The id or ARN of the key of the isolation bucket. */
  isolationKey(): Promise<string | undefined>;
  lastRecords(): Promise<LastRecords>;
  policy(): Promise<PolicySeen>;
  /** The outputs of the stacks, or `undefined` if none was named. */
  stack(): Promise<Outputs | undefined>;
  serviceStack(): Promise<Outputs | undefined>;
}

export function lookAt(
  clients: OperatorClients,
  settings: DoctorSettings,
  options: DoctorOptions,
  outputsOf: (stack: string) => Promise<Outputs>,
): LookedAt {
  const { name, owner } = placeOf(settings);
  const bucket = bucketSettings(clients.s3(), name, owner);
  const lastRecords = once(() => lastRecordsOf(clients, settings));
  const queues = new Map<string, () => Promise<QueueAttributes>>();
  const outputs = (stack: string | undefined) =>
    once(async () => (stack === undefined ? undefined : outputsOf(stack).catch(noStack(stack))));
  return {
    clients,
    settings,
    options,
    bucketPolicy: once(() => bucket.policy()),
    isolationKey: once(async () => {
      const named = settings.ISOLATION_KMS_KEY_ID;
      if (named !== undefined) return named;
      const found = await bucket.encryption();
      return found === 'none' ? undefined : found.kmsKeyId;
    }),
    lastRecords,
    policy: once(async () => policyInForce(clients, settings, await lastRecords())),
    stack: outputs(options.stack),
    serviceStack: outputs(options.serviceStack),
    queue(url) {
      const ask = queues.get(url) ?? once(async () => queueAttributes(await clients.sqs(), url));
      queues.set(url, ask);
      return ask();
    },
  };
}

/** CloudFormation has no error name of its own for a stack that does not exist. */
function noStack(stack: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Error) || error.name !== 'ValidationError') throw error;
    throw new UncheckedError(`The stack ${stack} does not exist in this account and region.`);
  };
}

/** Records of findings about no object, such as samples, name no policy. So many of the latest records of a day are read at most. */
const recordsRead = 20;
/** So many days with records are looked through for a policy: Macie keeps findings for as long. */
const daysRead = 90;

async function lastRecordsOf(
  clients: OperatorClients,
  settings: IsolationBucketSettings,
): Promise<LastRecords> {
  const evidence = evidenceOf(clients, settings);
  const { name: bucket, owner } = placeOf(settings);
  const days = await recordDays(evidence);
  async function* latestFirst() {
    for (const day of days.slice(0, daysRead)) {
      const prefix = recordsBeginning(`dt=${day}`, '');
      yield* await newestKeys(clients.s3(), { bucket, owner, prefix }, recordsRead);
    }
  }
  return readLastRecords(latestFirst(), (key) => evidence.get(key));
}

/** Asks once, however often the answer is wanted. */
export function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let answer: Promise<Value> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}
