import { localAccount, localRegion } from './account.ts';
import { type DataPlane, deployDataPlane } from './data-plane.ts';
import { type EventsStandIn, startEvents } from './event-bus/start-events.ts';
import { type MacieStandIn, startMacie } from './macie/start-macie.ts';
import { type QueuesStandIn, startQueues } from './queues/start-queues.ts';
import { createAuthorise } from './s3/access/authorise.ts';
import { type S3Options, type S3StandIn, startS3 } from './s3/start-s3.ts';
import { type StsStandIn, startSts } from './sts.ts';

export interface LocalAws {
  readonly s3: S3StandIn;
  readonly queues: QueuesStandIn;
  readonly sts: StsStandIn;
  readonly macie: MacieStandIn;
  /** The bus for OUTCOME_BUS_ARN, which `workerEnvironment` does not set. */
  readonly events: EventsStandIn;
  readonly dataPlane: DataPlane;
  /** The environment of a worker that uses these stand-ins. */
  readonly workerEnvironment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts every AWS service that the product needs, on 127.0.0.1 with random ports, and deploys the data plane. */
export async function startLocalAws(
  options: {
    readonly s3?: S3Options;
    readonly parameters?: Readonly<Record<string, string>>;
    /** The path of another data-plane.yaml. */
    readonly template?: string | undefined;
  } = {},
): Promise<LocalAws> {
  const isolationBucket = 'isolation';
  const sts = await startSts(localAccount);
  const authorise = createAuthorise({ accountOf: sts.accountOf, isolationBucket });
  const s3 = await startS3({
    owner: localAccount,
    region: localRegion,
    authorise,
    principalOf: sts.principalOf,
    ...options.s3,
  });
  const queues = await startQueues({ accountOf: sts.accountOf });
  const dataPlane = await deployDataPlane({
    s3,
    queues,
    account: localAccount,
    region: localRegion,
    template: options.template,
    parameters: { IsolationBucketName: isolationBucket, ...options.parameters },
  });
  const macie = await startMacie({
    account: localAccount,
    region: localRegion,
    accountOf: sts.accountOf,
    publish: (detail) => dataPlane.bus.put({ source: 'aws.macie', detailType: 'Macie Finding', detail }),
  });
  const events = await startEvents({ account: localAccount, region: localRegion });
  return {
    s3,
    queues,
    sts,
    macie,
    events,
    dataPlane,
    workerEnvironment: {
      AWS_REGION: localRegion,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ENDPOINT_URL_SQS: queues.endpoint,
      AWS_ENDPOINT_URL_SNS: queues.endpoint,
      AWS_ENDPOINT_URL_STS: sts.endpoint,
      AWS_ENDPOINT_URL_MACIE2: macie.endpoint,
      AWS_ENDPOINT_URL_EVENTBRIDGE: events.endpoint,
      QUEUE_URL: dataPlane.queueUrl,
      DEAD_LETTER_QUEUE_URL: dataPlane.deadLetterQueueUrl,
      ISOLATION_BUCKET: dataPlane.isolationBucket,
      ALERT_TOPIC_ARN: dataPlane.alertTopicArn,
      // Whoever runs a worker here looks at each alert, and waits for no digest.
      ALERTS_PER_MINUTE: '100000',
      HOST: '127.0.0.1',
      PORT: '0',
      // A worker that stops waits for its last receives.
      WAIT_TIME_SECONDS: '1',
    },
    async close() {
      await Promise.all([s3.close(), queues.close(), sts.close(), macie.close(), events.close()]);
    },
  };
}
