import {
  CopyObjectCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type Message as SqsMessage,
} from '@aws-sdk/client-sqs';
import { pollersFor } from '../../src/aws/queue/pollers.ts';
import { createSlots } from '../../src/flow/slots.ts';
import { serveParent } from '../harness/child.ts';
import { replacePart } from '../harness/replace-part.ts';
import { objectETag, sourceOwner } from '../stub/messages.ts';

replacePart();
const { createClients } = await import('../../src/aws/sdk/clients.ts');

/**
 * The least that could do the worker's calls: the same commands through the same clients, and nothing of
 * what makes the worker one: no check, no proof, no metrics, no logs, no settling of faults.
 */
const QueueUrl = process.env['QUEUE_URL'] ?? '';
const concurrency = Number(process.env['CONCURRENCY']);
const endpoint = process.env['AWS_ENDPOINT_URL'] ?? '';
const Bucket = process.env['ISOLATION_BUCKET'] ?? '';
const region = 'us-east-1';
const clients = createClients({
  region,
  endpoints: { s3: endpoint, sqs: endpoint, sns: endpoint },
  maximumSockets: concurrency,
  onDone: () => undefined,
  onS3Answer: () => undefined,
  onError: () => undefined,
});
const s3 = clients.s3(region);
const metadata = Object.fromEntries(
  ['finding-id', 'source-etag', 'size', 'checksum', 'checksum-algorithm', 'isolated-at'].map((name) => [
    `isolator-${name}`,
    '0123456789abcdef0123456789abcdef',
  ]),
);
const recordBody = JSON.stringify({ record: 'x'.repeat(1_500) });

async function isolate(body: string): Promise<void> {
  const { detail } = JSON.parse(body) as { detail: Detail };
  const { s3Bucket, s3Object } = detail.resourcesAffected;
  const source = { Bucket: s3Bucket.name, Key: s3Object.key, ExpectedBucketOwner: detail.accountId };
  const destination = { Bucket, ExpectedBucketOwner: '111122223333', IfNoneMatch: '*' };
  await s3.send(new HeadObjectCommand({ ...source, ChecksumMode: 'ENABLED' }));
  await s3.send(
    new CopyObjectCommand({
      ...destination,
      Key: `objects/${sourceOwner}/${s3Bucket.name}/${s3Object.key}@${objectETag}`,
      CopySource: `${s3Bucket.name}/${s3Object.key}`,
      CopySourceIfMatch: `"${objectETag}"`,
      ExpectedSourceBucketOwner: detail.accountId,
      ChecksumAlgorithm: 'CRC64NVME',
      TaggingDirective: 'COPY',
      AnnotationDirective: 'COPY',
      MetadataDirective: 'REPLACE',
      Metadata: metadata,
      ContentType: 'text/csv',
    }),
  );
  await s3.send(new DeleteObjectCommand({ ...source, IfMatch: `"${objectETag}"` }));
  await s3.send(
    new PutObjectCommand({
      ...destination,
      Key: `records/dt=2026-11-20/${detail.id}.isolated.json`,
      Body: recordBody,
      ContentType: 'application/json',
    }),
  );
}

interface Detail {
  readonly id: string;
  readonly accountId: string;
  readonly resourcesAffected: {
    readonly s3Bucket: { readonly name: string };
    readonly s3Object: { readonly key: string };
  };
}

const slots = createSlots(() => concurrency);
let done: SqsMessage[] = [];

async function take(message: SqsMessage): Promise<void> {
  await isolate(message.Body ?? '');
  done.push(message);
  if (done.length >= 10 || slots.busy === 1) await acknowledge();
}

async function acknowledge(): Promise<void> {
  const batch = done.slice(0, 10);
  done = done.slice(10);
  const Entries = batch.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  if (batch.length > 0) await clients.settle.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
}

async function poll(): Promise<never> {
  for (;;) {
    const { size: MaxNumberOfMessages, cancel } = await slots.reserve(10);
    const { Messages = [] } = await clients.receive.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages, WaitTimeSeconds: 20 }),
    );
    cancel();
    for (const message of Messages) slots.run(() => take(message));
  }
}

serveParent({
  start() {
    for (let poller = 0; poller < pollersFor(concurrency); poller += 1) void poll();
  },
});
