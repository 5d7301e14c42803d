import { createAlertTopic } from '../../aws/sns/alerts.ts';
import type { AlertTopic } from '../../core/alert-topic.ts';
import type { OperatorClients } from './clients.ts';

/** The topic of the alerts, to which the operator's own credentials publish. */
export async function alertsOf(clients: OperatorClients, topicArn: string | undefined): Promise<AlertTopic> {
  return createAlertTopic(await clients.sns(), topicArn);
}
