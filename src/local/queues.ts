import type { AddressInfo } from 'node:net';
import { buildApp } from 'fauxqs';

export interface QueuesStandIn {
  /** Of SQS and SNS both. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * SQS and SNS by fauxqs. Not by its `startFauxqs`, which listens on every interface, and never its S3,
 * which ignores versions and conditions (aws-facts 10).
 */
export async function startQueues(region = 'us-east-1', port = 0): Promise<QueuesStandIn> {
  const app = buildApp({ logger: false, defaultRegion: region });
  await app.listen({ host: '127.0.0.1', port });
  const address = app.server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${address.port}`, close: () => app.close() };
}
