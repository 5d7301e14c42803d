import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** In front of SQS: holds back answers to ReceiveMessage, for which messages have been chosen by then. */
export interface ReceiveProxy {
  readonly endpoint: string;
  /** Resolves with the first answer that is held back. */
  readonly held: Promise<void>;
  /** Lets go what is held back, and all that comes later. */
  release(): void;
  close(): Promise<void>;
}

/** So many answers to ReceiveMessage pass before. */
export async function startReceiveProxy(target: string, passing: number): Promise<ReceiveProxy> {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let answered = 0;
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.entries(request.headers).filter(
      ([name]) => !['host', 'connection', 'content-length', 'transfer-encoding'].includes(name),
    ) as [string, string][];
    const answer = await fetch(`${target}${request.url ?? ''}`, {
      method: 'POST',
      headers: [...headers, ['host', request.headers.host ?? '']],
      body: Buffer.concat(chunks),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    if (String(request.headers['x-amz-target']).endsWith('.ReceiveMessage')) {
      answered += 1;
      if (answered > passing) {
        held.resolve();
        await released.promise;
      }
    }
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(body);
  };
  const server = createServer((request, response) => void pass(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held: held.promise,
    release: () => released.resolve(),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
