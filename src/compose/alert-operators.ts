import type { Alert } from '../core/alert.ts';
import type { AlertTopic } from '../core/alert-topic.ts';
import type { Events } from '../telemetry/events.ts';

/** Publishes an alert that is made again until it succeeds once. So a failure counts as a try, and is thrown. */
export async function alertOperators(alerts: AlertTopic, events: Events, alert: Alert): Promise<void> {
  try {
    events.alertDone(await alerts.publish(alert));
  } catch (error) {
    events.alertDone('try-failed');
    throw error;
  }
}
