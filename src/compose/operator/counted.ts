import { type MetricAsked, metricValues } from '../../aws/cloudwatch/metric-values.ts';
import type { Counted } from '../../core/operate/status/sources.ts';
import type { OperatorClients } from './clients.ts';

export interface CountedQuestion {
  /** The prefix of the installation, which is the namespace of the metrics of `cloudwatch.yaml`. */
  readonly prefix: string;
  readonly queueUrl: string;
  /** The first day whose given-up alerts are counted. */
  readonly since: Date;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** Workers repeat once a minute what stands. CloudWatch shows a minute some time after its end. */
const lastMinutesMs = 5 * 60_000;

/** Asks CloudWatch for what it counts of the workers' log, and for the age of the queue, which SQS does not tell. */
export async function askCounted(
  clients: OperatorClients,
  { now, prefix, queueUrl, signal, since }: CountedQuestion,
): Promise<Counted> {
  const place = await clients.signedPlace('monitoring', signal);
  const inLog = (name: string, stat: MetricAsked['stat']): MetricAsked => ({ namespace: prefix, name, stat });
  const day = since.toISOString().slice(0, 10);
  const [[refused, high, other, age], [notTold]] = await Promise.all([
    metricValues(
      place,
      [
        inLog('IsolationRefused', 'Sum'),
        inLog('UnfinishedHigh', 'Maximum'),
        inLog('UnfinishedOther', 'Maximum'),
        {
          namespace: 'AWS/SQS',
          name: 'ApproximateAgeOfOldestMessage',
          stat: 'Maximum',
          dimension: ['QueueName', queueUrl.split('/').at(-1) ?? ''],
        },
      ],
      { from: new Date(now.getTime() - lastMinutesMs), to: now, periodSeconds: 60 },
    ),
    // Hours, since CloudWatch keeps no minutes of more than 15 days ago.
    metricValues(place, [inLog('PeopleNotTold', 'Sum')], {
      from: new Date(`${day}T00:00:00Z`),
      to: now,
      periodSeconds: 3_600,
    }),
  ]);
  const [queueAgeSeconds] = age ?? [];
  const ages = [...(high ?? []), ...(other ?? [])];
  return {
    ...(queueAgeSeconds !== undefined && { queueAgeSeconds }),
    // The filter counts zero in each line that it does not look for. Without a value nobody reads the log.
    ...(notTold !== undefined &&
      notTold.length > 0 && {
        log: {
          since: day,
          notTold: sumOf(notTold),
          isHalted: sumOf(refused ?? []) > 0,
          oldestUnfinishedSeconds: ages.length === 0 ? 'none' : Math.max(...ages),
        },
      }),
  };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
