import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { hashObject } from '../../src/aws/s3/object/hash-object.ts';
import { type Clients, createClients } from '../../src/aws/sdk/clients.ts';

process.env['AWS_ACCESS_KEY_ID'] = 'local';
process.env['AWS_SECRET_ACCESS_KEY'] = 'local';

const answerTimeoutMs = 100;
const target = { Bucket: 'b', Key: 'k' };
let close: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of close) await end();
  close = [];
});

/** A client against a server that behaves so. */
async function against(listener: RequestListener): Promise<Clients> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const clients = createClients({
    region: 'us-east-1',
    endpoints: { s3: `http://127.0.0.1:${port}` },
    maximumSockets: 5,
    answerTimeoutMs,
    onDone: () => undefined,
    onS3Answer: () => undefined,
    onError: () => undefined,
  });
  close.push(async () => {
    clients.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return clients;
}

/** One byte now and then, for ever. */
const trickle: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-length': '1000000', etag: '"x"' });
  const timer = setInterval(() => response.write('x'), answerTimeoutMs / 4);
  response.on('close', () => clearInterval(timer));
};

describe('a call that is not answered ends', () => {
  it('if no byte of an answer arrives', async () => {
    const clients = await against(() => undefined);

    await expect(clients.s3('us-east-1').send(new HeadObjectCommand(target))).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  it('where the body stands still', async () => {
    const clients = await against((_, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('half');
    });
    const read = async () =>
      (await clients.s3('us-east-1').send(new GetObjectCommand(target))).Body?.transformToString();

    await expect(read()).rejects.toThrow(/./);
  });

  it('where the body trickles in, byte by byte', async () => {
    const clients = await against(trickle);
    const read = async () =>
      (await clients.s3('us-east-1').send(new GetObjectCommand(target))).Body?.transformToString();

    await expect(read()).rejects.toThrow(/timeout|abort/i);
  });

  it('where a body that is hashed stands still', async () => {
    const clients = await against((_, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('half');
    });
    const request = { bucket: 'b', key: 'k', eTag: 'x', sizeBytes: 10, owner: '000000000000' };

    await expect(hashObject(clients.s3('us-east-1'), { ...request, algorithm: 'SHA256' })).rejects.toThrow(
      /./,
    );
  });
});
