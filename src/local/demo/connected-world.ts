import { lookup } from 'node:dns/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { localAccount } from '../account.ts';
import type { DemoWorld } from './world.ts';

const variables = [
  'AWS_ENDPOINT_URL',
  'AWS_REGION',
  'DATA_BUCKET',
  'ISOLATION_BUCKET',
  'INBOX_QUEUE_URL',
  'WORKER_URL',
] as const;

/**
 * Connects to a world that is already running, such as `docker compose up`. An endpoint must be set: AWS
 * itself accepts no event with the source aws.macie, and a demo must not run against AWS.
 */
export async function connectWorld(env: NodeJS.ProcessEnv): Promise<DemoWorld> {
  const missing = variables.filter((name) => !env[name]);
  if (missing.length > 0) throw new Error(`${missing.join(', ')} must be set`);
  const setting = (name: (typeof variables)[number]) => env[name] ?? '';
  const connection = {
    region: setting('AWS_REGION'),
    endpoint: setting('AWS_ENDPOINT_URL'),
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const s3 = new S3Client({ ...connection, forcePathStyle: true });
  // The queue URLs of LocalStack name a host that a container cannot reach.
  const sqs = new SQSClient({ ...connection, useQueueUrlAsEndpoint: false });
  const events = new EventBridgeClient(connection);
  return {
    s3,
    sqs,
    account: localAccount,
    region: connection.region,
    dataBucket: setting('DATA_BUCKET'),
    isolationBucket: setting('ISOLATION_BUCKET'),
    inboxQueueUrl: setting('INBOX_QUEUE_URL'),
    async put(finding) {
      const entry = { Source: 'aws.macie', DetailType: 'Macie Finding', Detail: JSON.stringify(finding) };
      const { Entries = [] } = await events.send(new PutEventsCommand({ Entries: [entry] }));
      const [refused] = Entries.filter(({ ErrorCode }) => ErrorCode !== undefined);
      if (refused) throw new Error(`the event bus refused a finding: ${refused.ErrorMessage}`);
    },
    expositions: () => expositionsAt(new URL('/metrics', setting('WORKER_URL'))),
    explain: () => '`docker compose logs worker` says why',
    commands: [],
    async close() {
      for (const client of [s3, sqs, events]) client.destroy();
    },
  };
}

/** One host name resolves to all workers of `--scale worker=3`. */
async function expositionsAt(url: URL): Promise<readonly string[]> {
  const addresses = await lookup(url.hostname, { all: true, family: 4 });
  return Promise.all(
    addresses.map(async ({ address }) => {
      const answer = await fetch(Object.assign(new URL(url), { hostname: address }));
      if (!answer.ok) throw new Error(`the worker at ${address} answered ${answer.status} to /metrics`);
      return answer.text();
    }),
  );
}
