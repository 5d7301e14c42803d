import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { MacieFinding } from '../macie/finding.ts';

/** Where a demo happens: a data plane with a worker on it, and clients of the demo's own to look with. */
export interface DemoWorld {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly account: string;
  readonly region: string;
  readonly dataBucket: string;
  readonly isolationBucket: string;
  /** A queue subscribed to the topic of alerts. */
  readonly inboxQueueUrl: string;
  /** On the event bus, as Macie does it. */
  put(finding: MacieFinding): Promise<void>;
  /** The Prometheus expositions of all workers. */
  expositions(): Promise<readonly string[]>;
  /** Where to read why the worker does not come to an end. */
  explain(): string;
  /** Commands to look around with, for a world that stays up. */
  readonly commands: readonly string[];
  close(): Promise<void>;
}
