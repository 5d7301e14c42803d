import { fastify } from 'fastify';
import type { Registry } from 'prom-client';

export interface ServerOptions {
  readonly registry: Registry;
  /** Answered from memory, as is readiness: a probe never waits for AWS. */
  readonly isLive: () => boolean;
  readonly readiness: () => {
    readonly ready: boolean;
    readonly checks: readonly { name: string; ok: boolean }[];
  };
}

export interface Server {
  listen(at: { readonly host: string; readonly port: number }): Promise<{ readonly port: number }>;
  close(): Promise<void>;
}

const paths = ['/livez', '/readyz', '/metrics'];

/** Health and metrics. Read-only, small, and silent about what runs behind it. */
export function createServer({ registry, isLive, readiness }: ServerOptions): Server {
  const app = fastify({
    logger: false,
    bodyLimit: 1_024,
    requestTimeout: 10_000,
    keepAliveTimeout: 5_000,
    forceCloseConnections: true,
  });
  app.get('/livez', async (_request, reply) => {
    const live = isLive();
    return reply
      .code(live ? 200 : 503)
      .type('text/plain')
      .send(live ? 'ok\n' : 'the queue is not polled\n');
  });
  app.get('/readyz', async (_request, reply) => {
    const state = readiness();
    return reply.code(state.ready ? 200 : 503).send(state);
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  app.setNotFoundHandler((request, reply) => {
    const known = paths.includes(request.url.split('?', 1)[0] ?? '');
    if (known) void reply.header('allow', 'GET, HEAD');
    return reply.code(known ? 405 : 404).send({ error: known ? 'method not allowed' : 'not found' });
  });
  app.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    return reply.code(status).send({ error: status < 500 ? 'bad request' : 'internal error' });
  });
  return {
    async listen({ host, port }) {
      await app.listen({ host, port });
      const address = app.server.address();
      return { port: typeof address === 'object' && address ? address.port : port };
    },
    close: () => app.close(),
  };
}
