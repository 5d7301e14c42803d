import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Authorise } from './authorise.ts';
import { read, sizeOf, slice, toBuffer } from './content.ts';
import type { Exchange, Limits, S3Answer } from './exchange.ts';
import { createFaults, type FaultKind, type Faults } from './faults.ts';
import { readRequest, type S3Request } from './http-request.ts';
import { operations } from './operations.ts';
import { S3Error } from './s3-error.ts';
import { createStore, type Store } from './store.ts';
import { xmlDocument } from './xml.ts';

export interface S3Options extends Partial<Limits> {
  /** The account of buckets that are made over HTTP. */
  readonly owner?: string;
  readonly region?: string;
  /** Absent: whoever asks may do everything. */
  readonly authorise?: Authorise;
  readonly now?: () => Date;
  readonly port?: number;
  readonly host?: string;
}

/** One answered request, in the order of their ends. */
export interface RequestLogEntry {
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
  readonly status: number;
}

export interface S3StandIn {
  readonly endpoint: string;
  readonly store: Store;
  readonly faults: Faults;
  /** The latest requests, at most 100,000. */
  readonly requests: readonly RequestLogEntry[];
  close(): Promise<void>;
}

/**
 * A stand-in for S3 in this process, for the SDK over HTTP with path style. Faithful where this product
 * depends on S3: versions and delete markers, conditions, checksums, multipart uploads, error codes.
 * Owners, denials, KMS keys' states and archives are set at the store by whoever has it. Approximated:
 * signatures are not checked but for their region, nothing is encrypted, restores take no time, listings
 * know no delimiter, the ETag of generated content above 64 MiB is not MD5.
 * What it does not know it answers with 501, never with success.
 */
export async function startS3(options: S3Options = {}): Promise<S3StandIn> {
  const owner = options.owner ?? '000000000000';
  const store = createStore(owner, options.region ?? 'us-east-1');
  const faults = createFaults();
  const requests: RequestLogEntry[] = [];
  const now = options.now ?? (() => new Date());
  const limits: Limits = {
    minimumPartBytes: options.minimumPartBytes ?? 5 * 1024 ** 2,
    maximumCopyBytes: options.maximumCopyBytes ?? 5 * 1024 ** 3,
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming);
    const fault = await faults.before(request);
    if (fault === 'timeout') return;
    if (fault === 'reset') return void response.destroy();
    const answer = perform({ store, request, now, limits, caller: owner }, fault, options.authorise);
    const { bucket, key, operation } = request;
    requests.push({
      operation,
      bucket,
      key,
      versionId: request.query.get('versionId'),
      status: answer.status ?? 200,
    });
    if (requests.length > 100_000) requests.shift();
    if (fault === 'lost-response') return void response.destroy();
    await send(response, request, answer, fault === 'broken-body');
  };

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      const failure = error instanceof S3Error ? error : new S3Error('InternalError', String(error));
      if (response.headersSent) response.destroy();
      else void send(response, undefined, errorAnswer(failure, '')).catch(() => response.destroy());
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) =>
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve),
  );
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    store,
    faults,
    requests,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function perform(
  exchange: Exchange,
  fault: FaultKind | undefined,
  authorise: Authorise | undefined,
): S3Answer {
  const { request, store } = exchange;
  const resource = `/${request.bucket}/${request.key}`;
  try {
    if (fault instanceof S3Error) throw fault;
    if (fault === 'slow-down') throw new S3Error('SlowDown');
    if (fault === 'internal-error') throw new S3Error('InternalError');
    if (fault === 'access-denied') throw new S3Error('AccessDenied');
    if (fault === 'error-in-200')
      return { ...errorAnswer(new S3Error('InternalError'), resource), status: 200 };
    if (typeof fault === 'object' && 'instead' in fault) return fault.instead;
    if (typeof fault === 'object' && 'in200' in fault)
      return { ...errorAnswer(fault.in200, resource), status: 200 };
    const operation = operations[request.operation];
    if (!operation) throw new S3Error('NotImplemented', `The stand-in does not know: ${request.operation}`);
    authorise?.(request, store);
    const answer = operation(exchange);
    return typeof fault === 'object' && 'alter' in fault ? fault.alter(answer) : answer;
  } catch (error) {
    if (error instanceof S3Error) return errorAnswer(error, resource);
    throw error;
  }
}

function errorAnswer(error: S3Error, resource: string): S3Answer {
  return {
    status: error.status,
    headers: error.headers,
    xml: xmlDocument('Error', {
      Code: error.code,
      Message: error.message,
      ...error.details,
      Resource: resource,
      RequestId: 'STANDIN',
    }),
  };
}

async function send(
  response: ServerResponse,
  request: S3Request | undefined,
  answer: S3Answer,
  breaks = false,
): Promise<void> {
  const headers = Object.entries({ 'x-amz-request-id': 'STANDIN', ...answer.headers });
  for (const [name, value] of headers) if (value !== undefined) response.setHeader(name, value);
  response.statusCode = answer.status ?? 200;
  if (answer.xml !== undefined) {
    response.setHeader('content-type', 'application/xml');
    response.setHeader('content-length', Buffer.byteLength(answer.xml));
  }
  if (breaks && answer.content) {
    const half = slice(answer.content, 0, Math.floor(sizeOf(answer.content) / 2));
    response.write(toBuffer(half), () => response.destroy());
  } else if (request?.method === 'HEAD') response.end();
  else if (answer.content) await pipeline(Readable.from(read(answer.content)), response);
  else response.end(answer.xml);
}
