import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { prefixes } from '../../core/evidence/keys.ts';

export type Place = 'data bucket' | 'isolation bucket' | 'both buckets' | 'nowhere';

/** The fields of a record that the demo shows. */
export interface RecordSeen {
  readonly finding_id: string;
  readonly outcome: string;
  readonly isolation_key: string | null;
  readonly fence?: string | null;
  readonly policy_rule: string | null;
  readonly policy_exception: string | null;
}

export interface AlertSeen {
  readonly subject: string;
  readonly findingId: string;
  readonly severity: string;
  /** The texts for e-mail and SMS. Only the stand-in for SNS delivers them to a queue. */
  readonly email?: string;
  readonly sms?: string;
}

export async function listKeys(s3: S3Client, bucket: string, prefix = ''): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix })) {
    keys.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''));
  }
  return keys;
}

export async function readRecords(
  s3: S3Client,
  bucket: string,
  keys: readonly string[],
): Promise<readonly RecordSeen[]> {
  return Promise.all(
    keys.map(async (key) => JSON.parse((await read(s3, bucket, key)).toString('utf8')) as RecordSeen),
  );
}

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Returns the keys of all isolated copies by the SHA-256 of their bytes. The function reads every copy. */
export async function isolatedCopies(
  s3: S3Client,
  bucket: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const keys = [
    ...(await listKeys(s3, bucket, prefixes.copies)),
    ...(await listKeys(s3, bucket, prefixes.hashedCopies)),
  ];
  const copies = new Map<string, string[]>();
  for (const key of keys) {
    const hash = sha256(await read(s3, bucket, key));
    copies.set(hash, [...(copies.get(hash) ?? []), key]);
  }
  return copies;
}

/** Whether the uploaded version can still be read. */
export async function isReadable(
  s3: S3Client,
  bucket: string,
  key: string,
  versionId: string | undefined,
): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    return true;
  } catch (error) {
    if (error instanceof Error && (error.name === 'NotFound' || error.name === 'NoSuchVersion')) return false;
    throw error;
  }
}

async function read(s3: S3Client, bucket: string, key: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

/** Takes all messages out of the inbox, a queue that is subscribed to the topic. */
export async function readAlerts(sqs: SQSClient, inboxQueueUrl: string): Promise<readonly AlertSeen[]> {
  const alerts: AlertSeen[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: inboxQueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return alerts;
    for (const { Body = '', ReceiptHandle } of Messages) {
      alerts.push(toAlert(Body));
      await sqs.send(new DeleteMessageCommand({ QueueUrl: inboxQueueUrl, ReceiptHandle }));
    }
  }
}

interface Notification {
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes?: { readonly severity?: { readonly Value?: string } };
}

/** SNS sends each protocol its own text. The stand-in sends the texts of all protocols together. */
function toAlert(body: string): AlertSeen {
  const notification = JSON.parse(body) as Notification;
  const message = JSON.parse(notification.Message) as AlertText & AlertTexts;
  const { default: text, email, sms } = message;
  const { finding_id } = text === undefined ? message : (JSON.parse(text) as AlertText);
  return {
    subject: notification.Subject,
    findingId: finding_id ?? '',
    severity: notification.MessageAttributes?.severity?.Value ?? '',
    ...(email !== undefined && { email }),
    ...(sms !== undefined && { sms }),
  };
}

interface AlertText {
  readonly finding_id?: string;
}

interface AlertTexts {
  readonly default?: string;
  readonly email?: string;
  readonly sms?: string;
}
