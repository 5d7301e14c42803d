import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clients, createClients } from '../../src/aws/sdk/clients.ts';

process.env['AWS_ACCESS_KEY_ID'] = 'local';
process.env['AWS_SECRET_ACCESS_KEY'] = 'local';

/** Clients of S3 and SQS against a server that behaves so. */
export async function clientsAgainst(
  listener: RequestListener,
  answerTimeoutMs = 5_000,
): Promise<{ readonly clients: Clients; close(): Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients = createClients({
    region: 'us-east-1',
    endpoints: { s3: endpoint, sqs: endpoint },
    maximumSockets: 5,
    answerTimeoutMs,
    onDone: () => undefined,
    onS3Answer: () => undefined,
    onError: () => undefined,
  });
  return {
    clients,
    async close() {
      clients.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
