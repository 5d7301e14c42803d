import { queueAttributes } from '../../aws/queue/queue-attributes.ts';
import { newestKeys } from '../../aws/s3/newest-keys.ts';
import { recordsBeginning } from '../../core/evidence/keys.ts';
import type { PolicySeen } from '../../core/operate/doctor/judge-never-shown.ts';
import type { QueueAttributes } from '../../core/operate/doctor/judge-queue.ts';
import { type LastRecords, readLastRecords } from '../../core/operate/doctor/last-records.ts';
import { recordDays } from '../../core/operate/record-names.ts';
import type { OperatorClients } from '../operator/clients.ts';
import { evidenceOf, type IsolationBucketSettings, placeOf } from '../operator/isolation-bucket.ts';
import { type PolicySettings, policyInForce } from './policy-in-force.ts';

export interface DoctorSettings extends IsolationBucketSettings, PolicySettings {
  readonly DEAD_LETTER_QUEUE_URL?: string | undefined;
  readonly ALERT_TOPIC_ARN?: string | undefined;
  readonly PARK_AFTER_RECEIVES: number;
}

/** The installation that is looked at. What several checks look at is asked for once. */
export interface LookedAt {
  readonly clients: OperatorClients;
  readonly settings: DoctorSettings;
  queue(url: string): Promise<QueueAttributes>;
  lastRecords(): Promise<LastRecords>;
  policy(): Promise<PolicySeen>;
}

export function lookAt(clients: OperatorClients, settings: DoctorSettings): LookedAt {
  const lastRecords = once(() => lastRecordsOf(clients, settings));
  const queues = new Map<string, () => Promise<QueueAttributes>>();
  return {
    clients,
    settings,
    lastRecords,
    policy: once(async () => policyInForce(clients, settings, await lastRecords())),
    queue(url) {
      const ask = queues.get(url) ?? once(async () => queueAttributes(await clients.sqs(), url));
      queues.set(url, ask);
      return ask();
    },
  };
}

/** Records of findings about no object name no policy. So many of the latest records are read at most. */
const recordsRead = 20;

async function lastRecordsOf(
  clients: OperatorClients,
  settings: IsolationBucketSettings,
): Promise<LastRecords> {
  const evidence = evidenceOf(clients, settings);
  const { name: bucket, owner } = placeOf(settings);
  const [day] = await recordDays(evidence);
  if (day === undefined) return {};
  const prefix = recordsBeginning(`dt=${day}`, '');
  const keys = await newestKeys(clients.s3(), { bucket, owner, prefix }, recordsRead);
  return readLastRecords(keys, (key) => evidence.get(key));
}

/** Asks once, however often the answer is wanted. */
export function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let answer: Promise<Value> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}
