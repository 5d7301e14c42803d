import type { RequestListener } from 'node:http';
import { ReceiveMessageCommand, type ReceiveMessageResult } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { clientsAgainst } from '../support/clients-against.ts';

/** What a receive becomes where SQS, or a proxy before it, answers so. */
async function receive(listener: RequestListener): Promise<ReceiveMessageResult> {
  const { clients, close } = await clientsAgainst(listener);
  try {
    return await clients.receive.send(
      new ReceiveMessageCommand({ QueueUrl: 'https://sqs.us-east-1.amazonaws.com/111122223333/findings' }),
    );
  } finally {
    await close();
  }
}

it.each<[string, RequestListener]>([
  ['nothing', (_, response) => response.writeHead(200).end()],
  ['nothing, of the length 0', (_, response) => response.writeHead(200, { 'content-length': '0' }).end()],
  ['no content', (_, response) => response.writeHead(204).end()],
  ['a page', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>')],
  ['a part of JSON', (_, response) => response.writeHead(200).end('{"Messages":[{"Body":"a')],
  ['a redirect', (_, response) => response.writeHead(302, { location: '/login' }).end()],
  [
    'a message without its checksum',
    (_, response) => response.writeHead(200).end('{"Messages":[{"Body":"a"}]}'),
  ],
])('a poll that a proxy answers with %s is no empty queue', async (_, listener) => {
  await expect(receive(listener)).rejects.toBeInstanceOf(Error);
});

it.each(['{}', '{"Messages":[]}'])('a poll that SQS answers with %s is an empty queue', async (body) => {
  expect((await receive((_, response) => response.writeHead(200).end(body))).Messages ?? []).toEqual([]);
});
