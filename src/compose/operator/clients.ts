import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Macie2Client } from '@aws-sdk/client-macie2';
import { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { rememberDates } from '../../aws/sdk/answer-date.ts';
import { pinnedOfMacie, pinnedOfOthers, pinnedOfS3 } from '../../aws/sdk/pinned.ts';

/** Where a command finds AWS. */
export interface OperatorPlace {
  readonly AWS_REGION: string;
  /** The endpoint of a stand-in for AWS, and those for one service. */
  readonly AWS_ENDPOINT_URL?: string | undefined;
  readonly AWS_ENDPOINT_URL_S3?: string | undefined;
  readonly AWS_ENDPOINT_URL_SQS?: string | undefined;
  readonly AWS_ENDPOINT_URL_SNS?: string | undefined;
  readonly AWS_ENDPOINT_URL_STS?: string | undefined;
  readonly AWS_ENDPOINT_URL_MACIE2?: string | undefined;
  readonly AWS_ENDPOINT_URL_SSM?: string | undefined;
  readonly AWS_ENDPOINT_URL_EVENTBRIDGE?: string | undefined;
}

/** The clients of a command. A client opens its first connection with its first call. */
export interface OperatorClients {
  readonly region: string;
  /** The client of the given region; default: that of the installation. */
  s3(region?: string): S3Client;
  sns(): Promise<SNSClient>;
  sqs(): Promise<SQSClient>;
  macie(region: string): Promise<Macie2Client>;
  ssm(): Promise<SSMClient>;
  events(): Promise<EventBridgeClient>;
  /** Returns the ARN of the principal whose credentials the command uses. */
  callerArn(): Promise<string>;
  close(): void;
}

export function createOperatorClients(place: OperatorPlace): OperatorClients {
  const region = place.AWS_REGION;
  const endpointOf = (own: string | undefined) => own ?? place.AWS_ENDPOINT_URL;
  const regional = new Map<string, S3Client>();
  const macies = new Map<string, Promise<Macie2Client>>();
  let parameters: Promise<SSMClient> | undefined;
  let queues: Promise<SQSClient> | undefined;
  let rules: Promise<EventBridgeClient> | undefined;
  let topics: Promise<SNSClient> | undefined;

  return {
    region,
    s3(of = region) {
      const there = regional.get(of);
      if (there !== undefined) return there;
      const endpoint = endpointOf(place.AWS_ENDPOINT_URL_S3);
      const client = new S3Client({
        region: of,
        ...pinnedOfS3,
        ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
      });
      rememberDates(client);
      regional.set(of, client);
      return client;
    },
    sns() {
      topics ??= import('@aws-sdk/client-sns').then(({ SNSClient }) => {
        const endpoint = endpointOf(place.AWS_ENDPOINT_URL_SNS);
        return new SNSClient({ region, ...pinnedOfOthers, ...(endpoint !== undefined && { endpoint }) });
      });
      return topics;
    },
    sqs() {
      queues ??= import('@aws-sdk/client-sqs').then(({ SQSClient }) => {
        const endpoint = endpointOf(place.AWS_ENDPOINT_URL_SQS);
        return new SQSClient({
          region,
          ...pinnedOfOthers,
          ...(endpoint !== undefined && { endpoint }),
          useQueueUrlAsEndpoint: endpoint === undefined,
        });
      });
      return queues;
    },
    macie(of) {
      const there = macies.get(of);
      if (there !== undefined) return there;
      const created = import('../../aws/sdk/macie-client.ts').then(({ createMacieClient }) => {
        const endpoint = endpointOf(place.AWS_ENDPOINT_URL_MACIE2);
        return createMacieClient({
          region: of,
          ...pinnedOfMacie,
          // A listing of many pages waits out the throttling that other callers of the account bring about.
          maxAttempts: 10,
          ...(endpoint !== undefined && { endpoint }),
        });
      });
      macies.set(of, created);
      return created;
    },
    ssm() {
      parameters ??= import('../../aws/sdk/ssm-client.ts').then(({ createSsmClient }) => {
        const endpoint = endpointOf(place.AWS_ENDPOINT_URL_SSM);
        return createSsmClient({ region, ...pinnedOfOthers, ...(endpoint !== undefined && { endpoint }) });
      });
      return parameters;
    },
    events() {
      rules ??= import('@aws-sdk/client-eventbridge').then(({ EventBridgeClient }) => {
        const endpoint = endpointOf(place.AWS_ENDPOINT_URL_EVENTBRIDGE);
        return new EventBridgeClient({
          region,
          ...pinnedOfOthers,
          ...(endpoint !== undefined && { endpoint }),
        });
      });
      return rules;
    },
    async callerArn() {
      const { readCallerArn } = await import('../../aws/sts/caller.ts');
      const endpoint = endpointOf(place.AWS_ENDPOINT_URL_STS);
      return readCallerArn({ region, ...(endpoint !== undefined && { endpoint }) });
    },
    close() {
      for (const client of regional.values()) client.destroy();
      void queues?.then((client) => client.destroy());
      void topics?.then((client) => client.destroy());
      void parameters?.then((client) => client.destroy());
      void rules?.then((client) => client.destroy());
      for (const client of macies.values()) void client.then((opened) => opened.destroy());
    },
  };
}
