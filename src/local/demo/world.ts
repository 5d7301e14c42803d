import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { MacieFinding } from '../macie/finding.ts';

/** The surroundings of a demo: a data plane with a worker, and clients with which the demo reads the results. */
export interface DemoWorld {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly account: string;
  readonly region: string;
  readonly dataBucket: string;
  readonly isolationBucket: string;
  /** A queue that is subscribed to the alert topic. */
  readonly inboxQueueUrl: string;
  /** Puts a finding on the event bus, as Macie does. */
  put(finding: MacieFinding): Promise<void>;
  /** Returns the Prometheus expositions of all workers. */
  expositions(): Promise<readonly string[]>;
  /** Says where to find the cause if the worker does not finish. */
  explain(): string;
  /** Commands to look around with, for a world that stays up. */
  readonly commands: readonly string[];
  close(): Promise<void>;
}
