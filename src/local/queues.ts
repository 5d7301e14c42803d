import type { AddressInfo } from 'node:net';
import { buildApp } from 'fauxqs';

export interface QueuesStandIn {
  /** The endpoint of both SQS and SNS. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Starts SQS and SNS with fauxqs. `startFauxqs` is not used, because it listens on every interface. The S3 of
 * fauxqs is never used, because it ignores versions and conditions (aws-facts 10).
 */
export async function startQueues(region = 'us-east-1', port = 0): Promise<QueuesStandIn> {
  const app = buildApp({ logger: false, defaultRegion: region });
  await app.listen({ host: '127.0.0.1', port });
  const address = app.server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${address.port}`, close: () => app.close() };
}
