import { queueDepth } from '../../aws/queue/queue-depth.ts';
import { errorCode } from '../../core/errors.ts';
import { readValve } from '../../core/operate/pause-service.ts';
import { countRecords } from '../../core/operate/status/count-records.ts';
import type { Asked, ServiceSeen, StatusSources } from '../../core/operate/status/sources.ts';
import { whyUnknown } from '../doctor/why-unknown.ts';
import type { OperatorClients } from './clients.ts';
import { askCounted } from './counted.ts';
import type { DeadLetterSettings } from './dead-letters.ts';
import { askService, serviceOf } from './ecs-service.ts';
import { controlOf, evidenceOf, type IsolationBucketSettings } from './isolation-bucket.ts';
import { countMessages } from './queues.ts';
import { askWorker } from './worker-metrics.ts';

export type StatusSettings = IsolationBucketSettings & DeadLetterSettings;

export interface StatusQuestion {
  /** The prefix of the installation, by which ECS and CloudWatch are asked. */
  readonly prefix: string | undefined;
  /** Workers whose metrics are read. */
  readonly urls: readonly URL[];
  /** The first day whose records are counted. */
  readonly since: Date;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/**
 * Asks every source at once. A source that fails is unknown, and the others are shown. If AWS answers nothing
 * at all, the first error is thrown: then no line would say anything.
 */
export async function askForStatus(
  clients: OperatorClients,
  settings: StatusSettings,
  { now, prefix, signal, since, urls }: StatusQuestion,
): Promise<StatusSources> {
  const errors: unknown[] = [];
  const asked = <Value>(what: string, answer: Promise<Value>): Promise<Asked<Value>> =>
    answer.then(
      (value) => ({ value }),
      (error: unknown) => {
        errors.push(error);
        return { unknown: `${what} could not be read: ${errorCode(error)}.` };
      },
    );
  const { DEAD_LETTER_QUEUE_URL: deadLetters, QUEUE_URL, RULES_DEAD_LETTER_QUEUE_URL: ofRules } = settings;
  const [valve, queue, parked, records, workers, service, counted] = await Promise.all([
    asked('Pause and budget', readValve(controlOf(clients, settings))),
    asked(
      'The findings queue',
      clients.sqs().then((client) => queueDepth(client, QUEUE_URL)),
    ),
    deadLetters === undefined
      ? ({ unknown: 'DEAD_LETTER_QUEUE_URL is not set.', isNotNamed: true } as const)
      : asked('The dead-letter queue', countParked(clients, deadLetters, ofRules)),
    asked('The names of records', countRecords(evidenceOf(clients, settings), since, now)),
    urls.length === 0
      ? ({
          unknown: 'No worker was named: --url http://worker:8080 reads its metrics.',
          isNotNamed: true,
        } as const)
      : Promise.all(urls.map((url) => askWorker(url, signal))).then((value) => ({ value })),
    prefix === undefined ? noStack('ECS') : serviceAsked(clients, prefix, signal),
    prefix === undefined
      ? noStack('CloudWatch')
      : askCounted(clients, { prefix, queueUrl: QUEUE_URL, since, now, signal }).then(
          (value) => ({ value }),
          (error: unknown) => notAsked('CloudWatch', 'cloudwatch:GetMetricData', error, signal),
        ),
  ]);
  if (errors.length === (deadLetters === undefined ? 3 : 4)) throw errors[0];
  return { valve, queue, parked, records, workers, service, counted };
}

async function countParked(clients: OperatorClients, ofFindings: string, ofRules: string | undefined) {
  const [findings, rules] = await Promise.all([
    countMessages(clients, ofFindings),
    ofRules === undefined ? 0 : countMessages(clients, ofRules),
  ]);
  return { findings, rules };
}

async function serviceAsked(
  clients: OperatorClients,
  prefix: string,
  signal: AbortSignal,
): Promise<Asked<ServiceSeen>> {
  const name = serviceOf(prefix);
  try {
    const value = await askService(clients, name, signal);
    if (value !== undefined) return { value };
  } catch (error) {
    if (errorCode(error) !== 'ClusterNotFoundException')
      return notAsked('ECS', 'ecs:DescribeServices', error, signal);
  }
  return {
    unknown: `ECS has no service ${name.service}: name the workers by --url.`,
    isNotNamed: true,
  };
}

function noStack(service: string) {
  return {
    unknown: `--stack NAME asks ${service}, --url http://worker:8080 a worker.`,
    isNotNamed: true,
  } as const;
}

function notAsked(service: string, action: string, error: unknown, signal: AbortSignal) {
  signal.throwIfAborted();
  return { unknown: `${service} could not be asked (${action}). ${whyUnknown(error)}` };
}
