import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { commandTimeouts } from '../../../../src/aws/sdk/command-timeouts.ts';

/** Lists buckets once, of a server that answers so. */
async function listed(answer: RequestListener): Promise<unknown> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: commandTimeouts({ connection: 1_000, answer: 1_000, bytes: 1_000 }),
  });
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return client.send(new ListBucketsCommand({}));
}

const body = '<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>';

describe('a call of a command', () => {
  it('fails where the answer does not begin', async () => {
    await expect(listed(() => undefined)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('fails where the answer does not go on', async () => {
    const stalled = listed((_, answer) => {
      answer.writeHead(200, { 'content-length': body.length });
      answer.write(body.slice(0, 10));
    });

    await expect(stalled).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('takes an answer that goes on for longer than that', async () => {
    const trickling = listed((_, answer) => {
      const bytes = [...body];
      answer.writeHead(200, { 'content-length': body.length });
      const timer = setInterval(() => {
        answer.write(bytes.splice(0, 8).join(''));
        if (bytes.length > 0) return;
        clearInterval(timer);
        answer.end();
      }, 200);
    });

    await expect(trickling).resolves.toMatchObject({ Buckets: [] });
  });
});
