import { queueAttributes } from '../../aws/queue/queue-attributes.ts';
import type { QueueAttributes } from '../../core/operate/doctor/judge-queue.ts';
import type { OperatorClients } from '../operator/clients.ts';
import type { IsolationBucketSettings } from '../operator/isolation-bucket.ts';

export interface DoctorSettings extends IsolationBucketSettings {
  readonly DEAD_LETTER_QUEUE_URL?: string | undefined;
  readonly ALERT_TOPIC_ARN?: string | undefined;
  readonly PARK_AFTER_RECEIVES: number;
}

/** The installation that is looked at. What several checks look at is asked for once. */
export interface LookedAt {
  readonly clients: OperatorClients;
  readonly settings: DoctorSettings;
  queue(url: string): Promise<QueueAttributes>;
}

export function lookAt(clients: OperatorClients, settings: DoctorSettings): LookedAt {
  const asked = new Map<string, Promise<QueueAttributes>>();
  return {
    clients,
    settings,
    queue(url) {
      const answer = asked.get(url) ?? clients.sqs().then((client) => queueAttributes(client, url));
      asked.set(url, answer);
      return answer;
    },
  };
}
