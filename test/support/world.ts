import { randomBytes } from 'node:crypto';
import { type PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { composeWorker, type Worker } from '../../src/compose/worker.ts';
import { type Config, parseConfig } from '../../src/config/config.ts';
import type { EvidenceRecord } from '../../src/core/tell/record.ts';
import { localRegion } from '../../src/local/account.ts';
import { type AlertSeen, readAlerts } from '../../src/local/demo/look.ts';
import { type LocalAws, startLocalAws } from '../../src/local/local-aws.ts';
import type { S3Options } from '../../src/local/s3/start-s3.ts';
import type { Version, Versioning } from '../../src/local/s3/store/bucket.ts';
import { toBuffer } from '../../src/local/s3/store/content.ts';
import { keepAwsCalls, recordAwsCalls } from './aws-calls.ts';
import { createLogLines, type LogLines } from './log-lines.ts';
import { type Parked, readParked } from './parked.ts';
import { findingAbout, type Uploaded, uploadTo } from './uploaded.ts';

export interface World {
  readonly aws: LocalAws;
  readonly worker: Worker;
  readonly port: number;
  readonly log: LogLines;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly isolationBucket: string;
  /** A bucket of its own for each test. */
  bucket(versioning?: Versioning): string;
  upload(bucket: string, key: string, body: string, more?: Partial<PutObjectCommandInput>): Promise<Uploaded>;
  /** The detail of a finding about this object, High unless overridden; its id is new each time. */
  finding(object: Uploaded, overrides?: Record<string, unknown>): Record<string, unknown> & { id: string };
  /** Puts a finding on the event bus; answers the rules that took it. */
  put(detail: unknown): Promise<readonly string[]>;
  /** Sends a body past the bus, straight to the findings queue. Answers the message id. */
  send(body: string, attributes?: Readonly<Record<string, string>>): Promise<string>;
  /** Resolves once the message about this finding is settled for good. */
  untilSettled(findingId: string): Promise<void>;
  /** The versions of a key, newest first; markers too. */
  versions(bucket: string, key: string): readonly Version[];
  /** The current object's bytes as text; `undefined` where there is none. */
  text(bucket: string, key: string): string | undefined;
  copies(): readonly string[];
  /** In the isolation bucket. */
  keys(prefix: string): readonly string[];
  record(findingId: string, outcome: string): EvidenceRecord | undefined;
  recordKeys(): readonly string[];
  parked(): Promise<readonly Parked[]>;
  alerts(): Promise<readonly AlertSeen[]>;
  /** Messages on the findings queue, visible or in flight. */
  waiting(): Promise<number>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly s3?: S3Options;
  /** The path of another data-plane.yaml. */
  readonly template?: string;
  /** Settings that depend on where the stand-ins listen. */
  readonly redirect?: (
    environment: Readonly<Record<string, string>>,
  ) => Promise<Readonly<Record<string, string>>>;
  /** While the isolation side refuses: how long until it is probed again. */
  readonly tryEveryMs?: number;
  /** How often pause and budget are read. */
  readonly refreshEveryMs?: number;
  /** How often a digest of alerts is sent. */
  readonly digestEveryMs?: number;
  /** How often the policy is read. */
  readonly refreshPolicyEveryMs?: number;
  /** Compose, but leave it to the test to start. */
  readonly stopped?: boolean;
}

process.env['AWS_ACCESS_KEY_ID'] = 'local';
process.env['AWS_SECRET_ACCESS_KEY'] = 'local';

/** The composed worker against the stand-ins, with the data plane of the template deployed. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const aws = await startLocalAws({ ...(options.s3 && { s3: options.s3 }), template: options.template });
  const { dataPlane } = aws;
  const config = configOf(aws, { ...options.env, ...(await options.redirect?.(aws.workerEnvironment)) });
  const log = createLogLines();
  recordAwsCalls(dataPlane.isolationBucket);
  const { digestEveryMs, refreshEveryMs, refreshPolicyEveryMs, tryEveryMs } = options;
  const worker = composeWorker(config, {
    logDestination: log.destination,
    ...(digestEveryMs !== undefined && { digestEveryMs }),
    ...(tryEveryMs !== undefined && { tryEveryMs }),
    ...(refreshEveryMs !== undefined && { refreshEveryMs }),
    ...(refreshPolicyEveryMs !== undefined && { refreshPolicyEveryMs }),
  });
  const { port } = options.stopped ? { port: 0 } : await worker.start();
  const s3 = new S3Client({ region: localRegion, endpoint: aws.s3.endpoint, forcePathStyle: true });
  const sqs = new SQSClient({ region: localRegion, endpoint: aws.queues.endpoint });
  const { store } = aws.s3;
  const { isolationBucket } = dataPlane;
  const versions = (bucket: string, key: string) => store.bucket(bucket).objects.get(key) ?? [];
  const text = (bucket: string, key: string) => {
    const [current] = versions(bucket, key);
    return current && !current.isMarker ? textOf(current) : undefined;
  };
  const keys = (prefix: string) =>
    [...store.bucket(isolationBucket).objects.keys()].filter((key) => key.startsWith(prefix));

  return {
    aws,
    worker,
    port,
    log,
    s3,
    sqs,
    isolationBucket,
    versions,
    text,
    bucket: (versioning = 'never') =>
      store.createBucket(`data-${randomBytes(6).toString('hex')}`, { versioning }).name,
    upload: (bucket, key, body, more) => uploadTo(s3, bucket, key, body, more),
    finding: (object, overrides = {}) => findingAbout(object, overrides),
    put: (detail) => dataPlane.bus.put({ source: 'aws.macie', detailType: 'Macie Finding', detail }),
    async send(body, attributes = {}) {
      const MessageAttributes = Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      );
      const answer = await sqs.send(
        new SendMessageCommand({ QueueUrl: dataPlane.queueUrl, MessageBody: body, MessageAttributes }),
      );
      return answer.MessageId ?? '';
    },
    async untilSettled(findingId) {
      const { messageId } = await log.until('finding_handled', { findingId });
      await Promise.race([
        log.until('message_settled', { messageId, how: 'delete' }),
        log.until('message_settled', { messageId, how: 'park' }),
      ]);
    },
    keys,
    copies: () => [...keys('objects/'), ...keys('objects-hashed/')],
    record(findingId, outcome) {
      const [key] = keys('records/').filter((name) => name.endsWith(`/${findingId}.${outcome}.json`));
      if (key === undefined) return undefined;
      return JSON.parse(text(isolationBucket, key) ?? '') as EvidenceRecord;
    },
    recordKeys: () => keys('records/'),
    parked: () => readParked(sqs, dataPlane.deadLetterQueueUrl),
    alerts: () => readAlerts(sqs, dataPlane.inboxQueueUrl),
    async waiting() {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: dataPlane.queueUrl, AttributeNames: ['All'] }),
      );
      return (
        Number(Attributes['ApproximateNumberOfMessages']) +
        Number(Attributes['ApproximateNumberOfMessagesNotVisible'])
      );
    },
    async close() {
      const stopped = worker.stop('the end of the test');
      // A second time: the last receives are not waited for.
      await worker.stop('the end of the test');
      await stopped;
      keepAwsCalls();
      s3.destroy();
      sqs.destroy();
      await aws.close();
    },
  };
}

function configOf(aws: LocalAws, env: Readonly<Record<string, string>> = {}): Config {
  const parsed = parseConfig({
    ...aws.workerEnvironment,
    LOG_LEVEL: 'debug',
    BACKOFF_BASE_SECONDS: '1',
    BACKOFF_MAX_SECONDS: '1',
    ...env,
  });
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return parsed.config;
}

/** Another worker on the same queue and buckets. Whoever starts it stops it. */
export async function startBesides(
  { aws }: World,
  { env, refreshEveryMs, tryEveryMs = 500 }: Pick<WorldOptions, 'env' | 'refreshEveryMs' | 'tryEveryMs'> = {},
): Promise<{ readonly worker: Worker; readonly log: LogLines }> {
  const log = createLogLines();
  const worker = composeWorker(configOf(aws, env), {
    logDestination: log.destination,
    tryEveryMs,
    ...(refreshEveryMs !== undefined && { refreshEveryMs }),
  });
  await worker.start();
  return { worker, log };
}

export function textOf(version: Version): string {
  return toBuffer(version.content).toString('utf8');
}
