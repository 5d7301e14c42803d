import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Registry } from 'prom-client';
import { acceptsGzip } from './accepts-gzip.ts';

export interface ServerOptions {
  readonly registry: Registry;
  /** Liveness and readiness are answered from memory: a probe never waits for AWS. */
  readonly isLive: () => boolean;
  readonly readiness: () => {
    readonly ready: boolean;
    readonly checks: readonly { name: string; ok: boolean }[];
    /** The policy that decides, and the problem of a newer policy. */
    readonly policy?: { readonly hash?: string; readonly problem?: string };
    /** A paused worker is ready, because it does what it should. */
    readonly paused?: { readonly by: string; readonly reason: string; readonly since?: string };
  };
  readonly limits?: Partial<Limits>;
}

interface Limits {
  /** The longest time until the head of a request has arrived, and until the whole request has arrived. */
  readonly requestMs: number;
  /** The longest time in which neither side sends a byte. */
  readonly silenceMs: number;
  readonly connections: number;
}

export interface Server {
  listen(at: { readonly host: string; readonly port: number }): Promise<{ readonly port: number }>;
  close(): Promise<void>;
}

const defaultLimits: Limits = { requestMs: 10_000, silenceMs: 30_000, connections: 100 };
const paths = ['/livez', '/readyz', '/metrics'];
const maximumHeaderBytes = 8_192;
const compress = promisify(gzip);

/** Serves health and metrics. The server is read-only and small, and reveals nothing about the processes behind it. */
export function createServer({ registry, isLive, readiness, limits }: ServerOptions): Server {
  const { requestMs, silenceMs, connections } = { ...defaultLimits, ...limits };
  const app = fastify({
    logger: false,
    bodyLimit: 1,
    requestTimeout: requestMs,
    connectionTimeout: silenceMs,
    keepAliveTimeout: 5_000,
    forceCloseConnections: true,
    http: {
      maxHeaderSize: maximumHeaderBytes,
      headersTimeout: requestMs,
      connectionsCheckingInterval: Math.min(1_000, requestMs),
    },
    clientErrorHandler: (error, socket) => {
      const status = statusLines[error.code ?? ''] ?? '400 Bad Request';
      if (!socket.writable) return void socket.destroy();
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    },
    frameworkErrors: (_error, _request, reply) => void refuse(reply, 400),
    // The default compilers take a tenth of the start-up time, whether or not a route has a schema.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
  });
  app.server.maxConnections = connections;
  // This hook runs before any byte of a body is read.
  app.addHook('onRequest', async (request, reply) => {
    const known = paths.includes(pathOf(request));
    if (known && (request.method === 'GET' || request.method === 'HEAD')) return;
    if (known) void reply.header('allow', 'GET, HEAD');
    await refuse(reply, known ? 405 : 404);
  });
  app.addHook('onSend', async (_request, reply) => {
    void reply.header('cache-control', 'no-store');
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
  const expose = shared(() => registry.metrics());
  app.get('/metrics', async (request, reply) => {
    const text = await expose();
    void reply.type(registry.contentType).header('vary', 'accept-encoding');
    if (!acceptsGzip(request.headers['accept-encoding'])) return reply.send(text);
    // The fastest level leaves a tenth of the size. The best level would save little more, for many times the
    // CPU.
    const packed = await compress(text, { level: constants.Z_BEST_SPEED });
    return reply.header('content-encoding', 'gzip').send(packed);
  });
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404));
  app.setErrorHandler((error: { statusCode?: number }, _request, reply) =>
    refuse(reply, error.statusCode ?? 500),
  );
  return {
    async listen({ host, port }) {
      await app.listen({ host, port });
      const address = app.server.address();
      return { port: typeof address === 'object' && address ? address.port : port };
    },
    close: () => app.close(),
  };
}

function noSchemas(): never {
  throw new Error('no route has a schema');
}

/** Answers to requests that are not HTTP, too large or too slow. */
const statusLines: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

const refusals: Readonly<Record<number, string>> = { 404: 'not found', 405: 'method not allowed' };

/**
 * Answers with a short text that is the same for every cause, and closes the connection without reading
 * further requests.
 */
function refuse(reply: FastifyReply, status: number): FastifyReply {
  const error = refusals[status] ?? (status < 500 ? 'bad request' : 'internal error');
  return reply.code(status).header('connection', 'close').send({ error });
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

/** Concurrent callers share one answer, so many scrapers cost as much as one. */
function shared<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let asking: Promise<Answer> | undefined;
  return () => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}
