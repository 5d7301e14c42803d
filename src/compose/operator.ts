import { S3Client } from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import { queueDepth } from '../aws/queue/queue-depth.ts';
import { createControlObjects } from '../aws/s3/control-objects.ts';
import { createEvidenceReader } from '../aws/s3/evidence-reader.ts';
import { createIsolationBucket, destinationIn } from '../aws/s3/isolation-bucket.ts';
import { createRestorer } from '../aws/s3/restorer.ts';
import { createSourceBuckets } from '../aws/s3/source-buckets.ts';
import { rememberDates } from '../aws/sdk/answer-date.ts';
import { pinnedOfOthers, pinnedOfS3 } from '../aws/sdk/pinned.ts';
import type { ObjectAddress } from '../core/finding.ts';
import type { EvidenceReader } from '../core/operate/find-records.ts';
import type { ReleasePorts } from '../core/operate/release.ts';
import type { ControlObjects } from '../core/valve/control-objects.ts';
import { isolationPlace } from './isolation-place.ts';

export interface OperatorSettings {
  readonly region: string;
  /** The endpoint of a stand-in for AWS. */
  readonly s3Endpoint?: string;
  readonly sqsEndpoint?: string;
  readonly stsEndpoint?: string;
  /** The URL of the findings queue. */
  readonly queueUrl: string;
  readonly isolationBucket: string;
  readonly isolationKmsKeyId?: string;
  /** The account that owns the isolation bucket. */
  readonly accountId: string;
  readonly multipartThresholdBytes: number;
  readonly multipartPartBytes: number;
  readonly multipartConcurrency: number;
}

/** The adapters that commands may use. A client opens its first connection with its first call. */
export interface Operator {
  readonly evidence: EvidenceReader;
  readonly release: ReleasePorts;
  /** The objects by which workers are paused. */
  readonly control: ControlObjects;
  /** Returns how many messages the findings queue holds. */
  waiting(): Promise<number>;
  /** Returns the ARN of the principal whose credentials the command uses. */
  caller(): Promise<string>;
  close(): void;
}

/** Composes the adapters for a command, with the operator's own credentials and without queue, pace, server and log. */
export function composeOperator(settings: OperatorSettings): Operator {
  const { accountId, isolationBucket, region, s3Endpoint } = settings;
  const clients = new Map<string, S3Client>();
  const clientOf = (of: string): S3Client => {
    const there = clients.get(of);
    if (there !== undefined) return there;
    const client = new S3Client({
      region: of,
      ...pinnedOfS3,
      ...(s3Endpoint !== undefined && { endpoint: s3Endpoint, forcePathStyle: true }),
    });
    rememberDates(client);
    clients.set(of, client);
    return client;
  };
  const client = clientOf(region);
  const clientFor = (object: ObjectAddress) => clientOf(object.region ?? region);
  const destination = isolationPlace(settings);
  const parts = {
    multipartThresholdBytes: settings.multipartThresholdBytes,
    multipart: { partBytes: settings.multipartPartBytes, limit: pLimit(settings.multipartConcurrency) },
  };

  return {
    evidence: createEvidenceReader({ client, bucket: isolationBucket, owner: accountId }),
    release: {
      sourceBuckets: createSourceBuckets({ clientFor, unconditionalDelete: 'never' }),
      isolationBucket: createIsolationBucket({
        ...destination,
        region,
        client,
        copyClientFor: () => client,
        sourceClientFor: clientFor,
        ...parts,
      }),
      restorer: createRestorer({
        isolationBucket,
        owner: accountId,
        isolationClient: client,
        clientFor,
        ...parts,
      }),
      clock: () => new Date(),
    },
    control: createControlObjects({
      client,
      bucket: isolationBucket,
      owner: accountId,
      destination: destinationIn(destination),
    }),
    async waiting() {
      const { SQSClient } = await import('@aws-sdk/client-sqs');
      const endpoint = settings.sqsEndpoint;
      const sqs = new SQSClient({
        region,
        ...pinnedOfOthers,
        ...(endpoint !== undefined && { endpoint }),
        useQueueUrlAsEndpoint: endpoint === undefined,
      });
      try {
        const { delayed, in_flight, visible } = await queueDepth(sqs, settings.queueUrl);
        return visible + in_flight + delayed;
      } finally {
        sqs.destroy();
      }
    },
    async caller() {
      const { readCallerArn } = await import('../aws/sts/caller.ts');
      const endpoint = settings.stsEndpoint;
      return readCallerArn({ region, ...(endpoint !== undefined && { endpoint }) });
    },
    close() {
      for (const client of clients.values()) client.destroy();
    },
  };
}
