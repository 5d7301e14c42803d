import type { RequestListener } from 'node:http';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { hashObject } from '../../src/aws/s3/object/hash-object.ts';
import type { Clients } from '../../src/aws/sdk/clients.ts';
import { clientsAgainst } from '../support/clients-against.ts';

const answerTimeoutMs = 100;
const target = { Bucket: 'b', Key: 'k' };
let close: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of close) await end();
  close = [];
});

async function against(listener: RequestListener): Promise<Clients> {
  const { clients, close: end } = await clientsAgainst(listener, answerTimeoutMs);
  close.push(end);
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
