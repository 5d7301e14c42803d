import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { ClientSettings, Clients } from '../../src/aws/sdk/clients.ts';
import { reporting } from '../../src/aws/sdk/request-reports.ts';

/** The clients as the SDK makes them by itself. Sockets and reports are given as many as the worker's have. */
export function createClients(settings: ClientSettings): Clients {
  const { region, endpoints, maximumSockets } = settings;
  const requestHandler = { httpAgent: { maxSockets: maximumSockets, keepAlive: true } };
  const common = { region, requestHandler };
  const sqs = { ...common, ...(endpoints.sqs && { endpoint: endpoints.sqs }) };
  const sns = reporting(
    'sns',
    new SNSClient({ ...common, ...(endpoints.sns && { endpoint: endpoints.sns }) }),
    settings,
  );
  const s3 = reporting(
    's3',
    new S3Client({ ...common, ...(endpoints.s3 && { endpoint: endpoints.s3 }), forcePathStyle: true }),
    settings,
  );
  const receive = reporting('sqs', new SQSClient(sqs), settings);
  const settle = reporting('sqs', new SQSClient(sqs), settings);
  return {
    receive,
    settle,
    sns,
    s3: () => s3,
    ssm: () => Promise.reject(new Error('no parameter is read here')),
    macie: () => Promise.reject(new Error('findings are not confirmed here')),
    eventBridge: () => Promise.reject(new Error('no event is sent here')),
    destroy() {
      for (const client of [receive, settle, sns, s3]) client.destroy();
    },
  };
}
