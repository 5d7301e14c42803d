import { rulesSendingTo } from '../../aws/eventbridge/rules.ts';
import { archivingFilters, macieStatus } from '../../aws/macie/account.ts';
import { queueAttributes } from '../../aws/queue/queue-attributes.ts';
import { bucketSettings } from '../../aws/s3/bucket-settings.ts';
import { awsErrorCode, errorClassOf } from '../../aws/sdk/aws-errors.ts';
import { subscriptionsOf } from '../../aws/sns/subscriptions.ts';
import { regionOfQueue } from '../../config/aws-hosts.ts';
import { pauseKey } from '../../core/evidence/keys.ts';
import {
  judgeBucketPolicy,
  judgeEncryption,
  judgeLock,
  judgePublicAccess,
  judgeVersioning,
} from '../../core/operate/doctor/judge-bucket.ts';
import { judgeFilters, judgeRules, judgeSession } from '../../core/operate/doctor/judge-macie.ts';
import { judgeClock, judgeRegion } from '../../core/operate/doctor/judge-place.ts';
import {
  judgeQueuePolicy,
  judgeRedrive,
  judgeRetention,
  judgeTopic,
} from '../../core/operate/doctor/judge-queue.ts';
import type { Check } from '../../core/operate/doctor/run-checks.ts';
import { ok, unknown } from '../../core/operate/doctor/verdict.ts';
import type { OperatorClients } from './clients.ts';
import { controlOf, type IsolationBucketSettings, placeOf } from './isolation-bucket.ts';

export interface DoctorSettings extends IsolationBucketSettings {
  readonly DEAD_LETTER_QUEUE_URL?: string | undefined;
  readonly ALERT_TOPIC_ARN?: string | undefined;
  readonly PARK_AFTER_RECEIVES: number;
}

/** The checks of an installation, in the order in which a fault of one explains those of others. */
export function checksOf(clients: OperatorClients, settings: DoctorSettings): readonly Check[] {
  const { ALERT_TOPIC_ARN: topic, DEAD_LETTER_QUEUE_URL: deadLetters, ISOLATION_KMS_KEY_ID: key } = settings;
  const place = placeOf(settings);
  const bucket = bucketSettings(clients.s3(), place.name, place.owner);
  const asked = new Map<string, ReturnType<typeof queueAttributes>>();
  /** Each queue is asked once: several checks look at what it answers. */
  const attributes = (url: string): ReturnType<typeof queueAttributes> => {
    const answer = asked.get(url) ?? clients.sqs().then((client) => queueAttributes(client, url));
    asked.set(url, answer);
    return answer;
  };
  const macie = () => clients.macie(clients.region);
  const noDeadLetters = unknown('DEAD_LETTER_QUEUE_URL is not set.');

  return [
    { name: 'credentials', judge: async () => ok(await clients.callerArn()) },
    {
      name: 'region',
      judge: async () =>
        judgeRegion(clients.region, {
          bucket: await bucket.region(),
          queue: regionOfQueue(settings.QUEUE_URL),
        }),
    },
    {
      name: 'clock',
      judge: async () => judgeClock(new Date(), (await controlOf(clients, settings).read(pauseKey)).at),
    },
    { name: 'macie session', judge: async () => judgeSession(await macieStatus(await macie())) },
    {
      name: 'macie filters',
      judge: async () => judgeFilters(await archivingFilters(await macie(), place.name)),
    },
    {
      name: 'rule',
      async judge() {
        const { QueueArn = '' } = await attributes(settings.QUEUE_URL);
        return judgeRules(await rulesSendingTo(await clients.events(), QueueArn));
      },
    },
    { name: 'queue policy', judge: async () => judgeQueuePolicy(await attributes(settings.QUEUE_URL)) },
    {
      name: 'queue redrive',
      async judge() {
        const arn = deadLetters === undefined ? undefined : (await attributes(deadLetters))['QueueArn'];
        return judgeRedrive(await attributes(settings.QUEUE_URL), arn, settings.PARK_AFTER_RECEIVES);
      },
    },
    { name: 'queue retention', judge: async () => judgeRetention(await attributes(settings.QUEUE_URL), 7) },
    {
      name: 'dead-letter retention',
      judge: async () =>
        deadLetters === undefined ? noDeadLetters : judgeRetention(await attributes(deadLetters), 14),
    },
    { name: 'bucket encryption', judge: async () => judgeEncryption(await bucket.encryption(), key) },
    { name: 'bucket versioning', judge: async () => judgeVersioning(await bucket.versioning()) },
    { name: 'bucket lock', judge: async () => judgeLock(await bucket.lock()) },
    { name: 'bucket public access', judge: async () => judgePublicAccess(await bucket.publicAccess()) },
    { name: 'bucket policy', judge: async () => judgeBucketPolicy(await bucket.policy()) },
    {
      name: 'alert topic',
      judge: async () =>
        judgeTopic(topic === undefined ? undefined : await subscriptionsOf(await clients.sns(), topic)),
    },
  ];
}

/** Why a check could not be made, by the code of the error: its text is foreign. */
export function whyUnknown(error: unknown): string {
  const code = awsErrorCode(error);
  return errorClassOf(error).kind === 'denied'
    ? `AWS denies the call (${code}): use a role that may read it.`
    : `The call failed (${code}).`;
}
