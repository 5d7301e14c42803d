import type { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { Macie2Client } from '@aws-sdk/client-macie2';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { rememberDates } from '../../aws/sdk/answer-date.ts';
import { commandTimeouts } from '../../aws/sdk/command-timeouts.ts';
import { pinnedOfMacie, pinnedOfOthers, pinnedOfS3 } from '../../aws/sdk/pinned.ts';
import type { SignedPlace } from '../../aws/sdk/signed-call.ts';
import type { RoleCredentials } from '../../aws/sts/assume-role.ts';
import { endpointOf as hostOf } from '../../core/deploy/image.ts';
import { partitionOf } from '../../core/partition.ts';

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

/** The service's name in `AWS_ENDPOINT_URL_…`, where it is not that of its signatures. */
const endpointNames: Readonly<Record<string, string>> = { monitoring: 'CLOUDWATCH' };

/** The clients of a command. A client opens its first connection with its first call. */
export interface OperatorClients {
  readonly region: string;
  /** The endpoint of a stand-in for all of AWS. */
  readonly endpoint: string | undefined;
  /** The client of the given region; default: that of the installation. */
  s3(region?: string): S3Client;
  /** A client that finds the region of each bucket by itself, with the command's credentials or others. */
  s3Anywhere(credentials?: S3ClientConfig['credentials']): S3Client;
  sns(): Promise<SNSClient>;
  sqs(): Promise<SQSClient>;
  macie(region: string): Promise<Macie2Client>;
  ssm(): Promise<SSMClient>;
  events(): Promise<EventBridgeClient>;
  /** Returns the credentials of one session of a role. */
  assumeRole(roleArn: string, sessionName: string): Promise<RoleCredentials>;
  iam(): Promise<IAMClient>;
  kms(): Promise<KMSClient>;
  trail(): Promise<CloudTrailClient>;
  /** Returns the ARN of the principal whose credentials the command uses. */
  callerArn(): Promise<string>;
  /** Returns where a service without a client of its own is asked. `host` begins the name of its host. */
  signedPlace(service: string, signal: AbortSignal, host?: string): Promise<SignedPlace>;
  close(): void;
}

/** `env` may name endpoints of services that have no setting, as the SDK names them. */
export function createOperatorClients(
  place: OperatorPlace,
  env: Readonly<Record<string, string | undefined>> = {},
): OperatorClients {
  const region = place.AWS_REGION;
  const common = { requestHandler: commandTimeouts() };
  const endpointOf = (own: string | undefined) => own ?? place.AWS_ENDPOINT_URL;
  const configOf = (own: string | undefined) => {
    const endpoint = endpointOf(own);
    return { region, ...common, ...pinnedOfOthers, ...(endpoint !== undefined && { endpoint }) };
  };
  const stsPlace = () => {
    const endpoint = endpointOf(place.AWS_ENDPOINT_URL_STS);
    return { region, ...(endpoint !== undefined && { endpoint }) };
  };
  const s3ConfigOf = (of: string) => {
    const endpoint = endpointOf(place.AWS_ENDPOINT_URL_S3);
    const withEndpoint = endpoint !== undefined && { endpoint, forcePathStyle: true };
    return { region: of, ...common, ...pinnedOfS3, ...withEndpoint };
  };
  const regional = new Map<string, S3Client>();
  const loaded: Promise<{ destroy(): void }>[] = [];
  /** Loads a client with its first use, and keeps it for `close`. */
  const once = <Client extends { destroy(): void }>(load: () => Promise<Client>): (() => Promise<Client>) => {
    let client: Promise<Client> | undefined;
    return () => {
      if (client === undefined) {
        client = load();
        loaded.push(client);
      }
      return client;
    };
  };
  const macies = new Map<string, () => Promise<Macie2Client>>();
  const macieIn = (of: string) =>
    once(async () => {
      const { createMacieClient } = await import('../../aws/sdk/macie-client.ts');
      const endpoint = endpointOf(place.AWS_ENDPOINT_URL_MACIE2);
      return createMacieClient({
        region: of,
        ...common,
        ...pinnedOfMacie,
        // A listing of many pages waits out the throttling that other callers of the account bring about.
        maxAttempts: 10,
        ...(endpoint !== undefined && { endpoint }),
      });
    });

  return {
    region,
    endpoint: place.AWS_ENDPOINT_URL,
    s3(of = region) {
      const there = regional.get(of);
      if (there !== undefined) return there;
      const client = new S3Client(s3ConfigOf(of));
      rememberDates(client);
      regional.set(of, client);
      return client;
    },
    s3Anywhere(credentials) {
      const client = new S3Client({
        ...s3ConfigOf(region),
        followRegionRedirects: true,
        ...(credentials !== undefined && { credentials }),
      });
      loaded.push(Promise.resolve(client));
      return client;
    },
    sns: once(async () => {
      const { SNSClient } = await import('@aws-sdk/client-sns');
      return new SNSClient(configOf(place.AWS_ENDPOINT_URL_SNS));
    }),
    sqs: once(async () => {
      const { SQSClient } = await import('@aws-sdk/client-sqs');
      const config = configOf(place.AWS_ENDPOINT_URL_SQS);
      return new SQSClient({ ...config, useQueueUrlAsEndpoint: config.endpoint === undefined });
    }),
    macie(of) {
      const client = macies.get(of) ?? macieIn(of);
      macies.set(of, client);
      return client();
    },
    ssm: once(async () => {
      const { createSsmClient } = await import('../../aws/sdk/ssm-client.ts');
      return createSsmClient(configOf(place.AWS_ENDPOINT_URL_SSM));
    }),
    events: once(async () => {
      const { EventBridgeClient } = await import('@aws-sdk/client-eventbridge');
      return new EventBridgeClient(configOf(place.AWS_ENDPOINT_URL_EVENTBRIDGE));
    }),
    async assumeRole(roleArn, sessionName) {
      const { assumeRole } = await import('../../aws/sts/assume-role.ts');
      return assumeRole(roleArn, sessionName, stsPlace());
    },
    iam: once(async () => {
      const { IAMClient } = await import('@aws-sdk/client-iam');
      return new IAMClient(configOf(undefined));
    }),
    kms: once(async () => {
      const { KMSClient } = await import('@aws-sdk/client-kms');
      return new KMSClient(configOf(undefined));
    }),
    trail: once(async () => {
      const { CloudTrailClient } = await import('@aws-sdk/client-cloudtrail');
      return new CloudTrailClient(configOf(undefined));
    }),
    async callerArn() {
      const { readCallerArn } = await import('../../aws/sts/caller.ts');
      return readCallerArn(stsPlace());
    },
    async signedPlace(service, signal, host = service) {
      const endpoint = endpointOf(env[`AWS_ENDPOINT_URL_${endpointNames[service] ?? service.toUpperCase()}`]);
      return {
        service,
        region,
        endpoint: endpoint ?? hostOf(host, { partition: partitionOf(region), region }),
        credentials: await this.s3().config.credentials(),
        signal,
      };
    },
    close() {
      for (const client of regional.values()) client.destroy();
      for (const client of loaded) void client.then((opened) => opened.destroy());
    },
  };
}
