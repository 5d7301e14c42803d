import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { DeleteObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyOptions } from '../../../../../src/aws/s3/copy/copy-input.ts';
import { type Clients, createClients } from '../../../../../src/aws/sdk/clients.ts';

/**
 * With `cacheMiddleware` calls of one kind share a context of the SDK, and with it the endpoint that was
 * found for a bucket. That is sound as long as the SDK reads it in the turn in which it wrote it.
 */
describe('calls in flight at the same time', () => {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(`${request.method} ${(request.url ?? '').split('?')[0]}`);
    response.writeHead(request.method === 'HEAD' ? 200 : 204).end();
  });
  let clients: Clients;
  let s3: S3Client;

  beforeAll(async () => {
    process.env['AWS_ACCESS_KEY_ID'] = 'local';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'local';
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    clients = createClients({
      region: 'us-east-1',
      endpoints: { s3: endpoint, sqs: endpoint, sns: endpoint },
      maximumSockets: 8,
      onDone: () => undefined,
      onS3Answer: () => undefined,
      onError: () => undefined,
    });
    s3 = clients.s3('us-east-1');
  });
  afterAll(() => {
    clients.destroy();
    server.close();
  });

  it('each go to their own bucket', async () => {
    const buckets = Array.from({ length: 40 }, (_, index) => `bucket-${index}`);

    await Promise.all(
      buckets.map(async (Bucket, index) => {
        // Begun in different turns of the event loop, so that all stages of a call meet each other.
        for (let turns = 0; turns < index % 7; turns += 1) await turn();
        await s3.send(new HeadObjectCommand({ Bucket, Key: `${Bucket}/key` }));
        await s3.send(new DeleteObjectCommand({ Bucket, Key: `${Bucket}/key`, IfMatch: '"etag"' }));
      }),
    );

    const expected = buckets.flatMap((bucket) =>
      ['HEAD', 'DELETE'].map((method) => `${method} /${bucket}/${bucket}/key`),
    );
    expect(paths.toSorted()).toEqual(expected.toSorted());
  });
});

describe('a copy', () => {
  it('has no options of its own while it is small, so that what the client prepared is kept', () => {
    expect(copyOptions(0)).toBeUndefined();
    expect(copyOptions(64 * 1024 ** 2)).toBeUndefined();
  });

  it('is waited for by its size when it is large', () => {
    expect(copyOptions(5 * 1000 ** 3)).toEqual({ requestTimeout: 1_030_000 });
  });
});
