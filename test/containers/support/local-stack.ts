import { randomBytes } from 'node:crypto';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutBucketVersioningCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GenericContainer, type StartedNetwork, type StartedTestContainer, Wait } from 'testcontainers';
import type { EvidenceRecord } from '../../../src/core/tell/record.ts';
import { localRegion } from '../../../src/local/account.ts';
import { type AlertSeen, listKeys, readAlerts } from '../../../src/local/demo/look.ts';
import { eventually } from '../../support/eventually.ts';
import { type Parked, readParked } from '../../support/parked.ts';
import { templateFolder } from '../../support/rendered-template.ts';
import { type Uploaded, uploadTo } from '../../support/uploaded.ts';

export interface LocalStack {
  readonly container: StartedTestContainer;
  readonly s3: S3Client;
  /** A bucket of its own for each test. */
  bucket(versioning?: 'Enabled' | 'Suspended'): Promise<string>;
  upload(bucket: string, key: string, body: string, more?: Partial<PutObjectCommandInput>): Promise<Uploaded>;
  /** The current object's bytes, or of a version. */
  text(bucket: string, key: string, versionId?: string): Promise<string>;
  /** Version ids of a key, delete markers too, newest first. `null` where a bucket has no versions. */
  versions(bucket: string, key: string): Promise<readonly string[]>;
  /** On the event bus, as Macie does it. */
  put(finding: unknown, source?: string, detailType?: string): Promise<void>;
  /** Past the bus, straight to the findings queue. */
  send(body: string): Promise<void>;
  /** Resolves once there is a record about this finding, of this outcome where one is named. */
  recorded(findingId: string, outcome?: string): Promise<EvidenceRecord>;
  recordKeys(): Promise<readonly string[]>;
  copies(): Promise<readonly string[]>;
  parked(): Promise<readonly Parked[]>;
  alerts(): Promise<readonly AlertSeen[]>;
  /** Messages on the findings queue, visible or in flight. */
  waiting(): Promise<number>;
  /** Ends and starts it: nothing is left of what it held, and the data plane is deployed again. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Names that docker/localstack/deploy-data-plane.sh gives. */
export const isolationBucket = 'isolation';
const queueUrl = (name: string) => `http://localstack:4566/000000000000/macie-isolator-${name}`;
const findingsQueue = queueUrl('findings');
const deadLetterQueue = queueUrl('findings-dead-letter');

/** The environment of a worker on the same network, as docker-compose.yml has it. */
export const workerEnvironment: Readonly<Record<string, string>> = {
  AWS_REGION: localRegion,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL: 'http://localstack:4566',
  QUEUE_URL: findingsQueue,
  DEAD_LETTER_QUEUE_URL: deadLetterQueue,
  ISOLATION_BUCKET: isolationBucket,
  ALERTS_PER_MINUTE: '100000',
  ALERT_TOPIC_ARN: `arn:aws:sns:${localRegion}:000000000000:macie-isolator-alerts`,
  UNCONDITIONAL_DELETE: 'when-unsupported',
  BACKOFF_BASE_SECONDS: '1',
  BACKOFF_MAX_SECONDS: '1',
  // The end of a worker waits for its last receive.
  WAIT_TIME_SECONDS: '2',
};

export const localStackImage = process.env['LOCALSTACK_IMAGE'] ?? 'localstack/localstack:4.14.0';

/** LocalStack with the data plane deployed by the same script as in docker-compose.yml. */
export async function startLocalStack(network: StartedNetwork, folder = templateFolder): Promise<LocalStack> {
  const root = new URL('../../../', import.meta.url).pathname;
  const container = await new GenericContainer(localStackImage)
    .withNetwork(network)
    .withNetworkAliases('localstack')
    .withExposedPorts(4566)
    .withEnvironment({ AWS_DEFAULT_REGION: localRegion, DISABLE_EVENTS: '1' })
    .withCopyFilesToContainer([
      {
        source: `${root}docker/localstack/deploy-data-plane.sh`,
        target: '/etc/localstack/init/ready.d/deploy-data-plane.sh',
        mode: 0o755,
      },
      { source: `${folder}data-plane.yaml`, target: '/opt/macie-isolator/data-plane.yaml' },
    ])
    .withWaitStrategy(
      Wait.forHttp('/_localstack/init/ready', 4566).forResponsePredicate((body) =>
        body.includes('"state": "SUCCESSFUL"'),
      ),
    )
    // A guard against a start that hangs: a slow machine needs more than the minute that is the default.
    .withStartupTimeout(300_000)
    .start();
  const connection = () => ({
    region: localRegion,
    endpoint: `http://${container.getHost()}:${container.getMappedPort(4566)}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const connect = () => ({
    s3: new S3Client({ ...connection(), forcePathStyle: true }),
    sqs: new SQSClient({ ...connection(), useQueueUrlAsEndpoint: false }),
    events: new EventBridgeClient(connection()),
  });
  let clients = connect();
  const disconnect = () => {
    for (const client of Object.values(clients)) client.destroy();
  };
  const keys = (prefix: string) => listKeys(clients.s3, isolationBucket, prefix);
  const text = async (bucket: string, key: string, versionId?: string) => {
    const answer = await clients.s3.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }),
    );
    return (await answer.Body?.transformToString()) ?? '';
  };

  return {
    container,
    get s3() {
      return clients.s3;
    },
    text,
    async bucket(versioning) {
      const Bucket = `data-${randomBytes(6).toString('hex')}`;
      await clients.s3.send(new CreateBucketCommand({ Bucket }));
      if (versioning) {
        const VersioningConfiguration = { Status: versioning };
        await clients.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
      }
      return Bucket;
    },
    upload: (bucket, key, body, more) => uploadTo(clients.s3, bucket, key, body, more),
    async versions(Bucket, key) {
      const answer: ListObjectVersionsCommandOutput = await clients.s3.send(
        new ListObjectVersionsCommand({ Bucket, Prefix: key, EncodingType: 'url' }),
      );
      return [...(answer.DeleteMarkers ?? []), ...(answer.Versions ?? [])]
        .filter(({ Key = '' }) => decodeURIComponent(Key.replaceAll('+', ' ')) === key)
        .map(({ VersionId = '' }) => VersionId);
    },
    async put(finding, source = 'aws.macie', detailType = 'Macie Finding') {
      const entry = { Source: source, DetailType: detailType, Detail: JSON.stringify(finding) };
      const { FailedEntryCount } = await clients.events.send(new PutEventsCommand({ Entries: [entry] }));
      if (FailedEntryCount !== 0) throw new Error('the event bus refused a finding');
    },
    async send(body) {
      await clients.sqs.send(new SendMessageCommand({ QueueUrl: findingsQueue, MessageBody: body }));
    },
    async recorded(findingId, outcome = '') {
      const key = await eventually(async () => {
        const all = await keys('records/');
        return all.find((name) => name.includes(`/${findingId}.${outcome}`));
      });
      return JSON.parse(await text(isolationBucket, key)) as EvidenceRecord;
    },
    recordKeys: () => keys('records/'),
    copies: async () => [...(await keys('objects/')), ...(await keys('objects-hashed/'))],
    parked: () => readParked(clients.sqs, deadLetterQueue),
    alerts: () => readAlerts(clients.sqs, queueUrl('inbox')),
    async waiting() {
      const { Attributes = {} } = await clients.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: findingsQueue, AttributeNames: ['All'] }),
      );
      return (
        Number(Attributes['ApproximateNumberOfMessages']) +
        Number(Attributes['ApproximateNumberOfMessagesNotVisible'])
      );
    },
    async restart() {
      await container.restart({ timeout: 0 });
      disconnect();
      clients = connect();
    },
    async close() {
      disconnect();
      await container.stop({ timeout: 0 });
    },
  };
}
