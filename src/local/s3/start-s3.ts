import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listening } from '../listening.ts';
import { type Authorise, accessKeyIdOf } from './access/authorise.ts';
import type { Limits } from './exchange.ts';
import { createFaults, type Faults } from './faults.ts';
import { checkHeaderSection } from './http/header-limit.ts';
import { requestOf } from './http/http-request.ts';
import { receive } from './http/received.ts';
import { sendAnswer } from './http/send-answer.ts';
import { checkSignature } from './http/signature.ts';
import { errorAnswer, perform } from './perform.ts';
import { S3Error } from './s3-error.ts';
import { createStore, type Store } from './store/store.ts';

const localSecret = 'local';

export interface S3Options extends Partial<Limits> {
  /** The owner of buckets that are created over HTTP. */
  readonly owner?: string;
  readonly region?: string;
  /** If absent, every caller may do everything. */
  readonly authorise?: Authorise;
  /** Returns the ARN of the principal that has this access key. */
  readonly principalOf?: (accessKeyId: string) => string;
  /** The secret of every access key. */
  readonly secretAccessKey?: string;
  readonly now?: () => Date;
  readonly port?: number;
  readonly host?: string;
}

/** An answered request. The log has the order in which requests ended. */
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
 * A stand-in for S3 in this process, for the SDK over HTTP with path-style addresses. It is faithful where
 * this product depends on S3: versions and delete markers, conditions, checksums, multipart uploads, error
 * codes. Tests set owners, denials, the states of KMS keys and archives at the store. Approximations: all
 * access keys have the same secret, nothing is encrypted, restores take no time, listings of versions know no
 * delimiter, and the ETag of generated content above 64 MiB is not an MD5. An unknown request gets 501, never
 * a success.
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

  const principalOf = options.principalOf ?? (() => `arn:aws:iam::${owner}:user/local`);

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    // One clock for what is stored and for what is answered: workers go by the answers' dates.
    response.setHeader('date', now().toUTCString());
    const received = await receive(incoming);
    const request = requestOf(received);
    const fault = await faults.before(request);
    if (fault === 'timeout') return;
    if (fault === 'reset') return void response.destroy();
    const principal = principalOf(accessKeyIdOf(request.headers['authorization']));
    const exchange = { store, request, now, limits, caller: owner, principal };
    const answer = perform(exchange, fault, () => {
      checkHeaderSection(received);
      checkSignature(received, options.secretAccessKey ?? localSecret);
      options.authorise?.(exchange);
    });
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
    await sendAnswer(response, request, answer, fault === 'broken-body');
  };

  const server = createServer({ maxHeaderSize: 64 * 1024 }, (incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      const failure = error instanceof S3Error ? error : new S3Error('InternalError', String(error));
      if (response.headersSent) response.destroy();
      else void sendAnswer(response, undefined, errorAnswer(failure, '')).catch(() => response.destroy());
    });
  });
  server.keepAliveTimeout = 60_000;
  return {
    ...(await listening(server, options.port, options.host)),
    store,
    faults,
    requests,
  };
}
