import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { ClientSettings, Clients } from '../../src/aws/clients.ts';

/** The clients as the SDK makes them by itself. Sockets are given as many as the worker's have. */
export function createClients({ region, endpoints, maximumSockets }: ClientSettings): Clients {
  const requestHandler = { httpAgent: { maxSockets: maximumSockets, keepAlive: true } };
  const common = { region, requestHandler };
  const sqs = { ...common, ...(endpoints.sqs && { endpoint: endpoints.sqs }) };
  const sns = new SNSClient({ ...common, ...(endpoints.sns && { endpoint: endpoints.sns }) });
  const s3 = new S3Client({
    ...common,
    ...(endpoints.s3 && { endpoint: endpoints.s3 }),
    forcePathStyle: true,
  });
  const receive = new SQSClient(sqs);
  const settle = new SQSClient(sqs);
  return {
    receive,
    settle,
    sns,
    s3: () => s3,
    destroy() {
      for (const client of [receive, settle, sns, s3]) client.destroy();
    },
  };
}
