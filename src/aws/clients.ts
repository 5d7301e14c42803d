import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { UndiciHttpHandler } from '@smithy/undici-http-handler';
import { Agent, type Dispatcher } from 'undici';
import { type MemberRole, memberCredentials } from './credentials.ts';

export interface ClientSettings {
  readonly region: string;
  /** The role in accounts other than the worker's own. Absent: its own role is used everywhere. */
  readonly members?: { readonly role: MemberRole; readonly ownAccountId: string } | undefined;
  /** Stand-ins for AWS; absent: AWS itself. */
  readonly endpoints: {
    readonly s3?: string;
    readonly sqs?: string;
    readonly sns?: string;
    readonly sts?: string;
  };
  /** Upper bound of sockets to one host. */
  readonly maximumSockets: number;
  /** A call without an answer for this long is dead, as is an answer that stands still; 30 s by default. */
  readonly answerTimeoutMs?: number;
  readonly onDone: (request: RequestDone) => void;
  /** Told of every answer of S3, before the SDK tries again: whether it was throttled. */
  readonly onS3Answer: (throttled: boolean) => void;
  readonly onError: (failure: RequestFailure) => void;
}

/** A call that came to an end, whether well or not. */
export interface RequestDone {
  readonly service: string;
  readonly operation: string;
  /** The SDK's own retries included. */
  readonly seconds: number;
  readonly retries: number;
}

/** A call that failed for good, after the SDK's own retries. */
export interface RequestFailure {
  readonly service: string;
  readonly operation: string;
  readonly code: string;
}

export interface Clients {
  /** Long polls only, so that aborting them at shutdown touches nothing else (aws-facts 11). */
  readonly receive: SQSClient;
  readonly settle: SQSClient;
  readonly sns: SNSClient;
  /** One client for each account and region, with the member role in accounts other than the worker's own. */
  s3(region: string, accountId?: string): S3Client;
  destroy(): void;
}

/** Long polls take 20 s; copies bring their own limit. */
const defaultAnswerTimeoutMs = 30_000;
/** A finding names the account, so their number is bounded; the one unused for longest is forgotten. */
const maximumS3Clients = 1_000;

/**
 * The AWS clients as measured in aws-facts 12: undici costs a third less than the default handler, and
 * `cacheMiddleware` spares building the stack for each call.
 */
export function createClients(settings: ClientSettings): Clients {
  const { answerTimeoutMs = defaultAnswerTimeoutMs, endpoints } = settings;
  const agent = new Agent({
    connections: settings.maximumSockets,
    connect: { timeout: 5_000 },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
    keepAliveTimeout: 20_000,
  }).compose(keepSocketAfterHead);
  const common = {
    region: settings.region,
    requestHandler: withDeadline(new UndiciHttpHandler({ dispatcher: agent }), answerTimeoutMs),
    cacheMiddleware: true,
    retryMode: 'standard',
  };
  // The queue URLs of stand-ins name hosts that do not resolve elsewhere (aws-facts 10).
  const sqs = { ...common, ...at(endpoints.sqs), useQueueUrlAsEndpoint: endpoints.sqs === undefined };
  const watch = <Client extends AnyClient>(service: string, client: Client): Client => {
    reportRequests(service, client, settings);
    return client;
  };
  const watchS3 = (client: S3Client): S3Client => {
    reportAnswers(client, settings.onS3Answer);
    return watch('s3', client);
  };
  const createS3 = (region: string, member: string | undefined): S3Client => {
    const forcePathStyle = endpoints.s3 !== undefined;
    const options = { ...common, ...at(endpoints.s3), region, forcePathStyle, maxAttempts: 5 };
    if (member === undefined || !settings.members) return watchS3(new S3Client(options));
    const credentials = memberCredentials(member, {
      role: settings.members.role,
      region: settings.region,
      ...at(endpoints.sts),
      requestHandler: common.requestHandler,
      onError: settings.onError,
    });
    return watchS3(new S3Client({ ...options, credentials }));
  };
  const s3Clients = new Map<string, S3Client>();
  const receive = watch('sqs', new SQSClient({ ...sqs, maxAttempts: 1 }));
  const settle = watch('sqs', new SQSClient(sqs));
  const sns = watch('sns', new SNSClient({ ...common, ...at(endpoints.sns), maxAttempts: 2 }));
  return {
    receive,
    settle,
    sns,
    s3(region, accountId) {
      const member = accountId === settings.members?.ownAccountId ? undefined : accountId;
      const name = `${(settings.members && member) ?? ''} ${region}`;
      const created = s3Clients.get(name) ?? createS3(region, member);
      s3Clients.delete(name);
      s3Clients.set(name, created);
      const [oldest = ''] = s3Clients.keys();
      if (s3Clients.size > maximumS3Clients) s3Clients.delete(oldest);
      return created;
    },
    destroy() {
      void agent.destroy();
    },
  };
}

function at(endpoint: string | undefined): { endpoint?: string } {
  return endpoint === undefined ? {} : { endpoint };
}

/** undici's timeouts begin anew with every byte, so an answer that trickles in would never end. */
function withDeadline(handler: UndiciHttpHandler, answerTimeoutMs: number): UndiciHttpHandler {
  const handle = handler.handle.bind(handler);
  handler.handle = (request, options = {}) => {
    const deadlineMs = options.requestTimeout ?? 2 * answerTimeoutMs;
    const deadline = AbortSignal.timeout(deadlineMs);
    const given = options.abortSignal as AbortSignal | undefined;
    return handle(request, {
      ...options,
      abortSignal: given ? AbortSignal.any([given, deadline]) : deadline,
    });
  };
  return handler;
}

/** undici closes the socket after every HEAD unless told that the server is sound. */
function keepSocketAfterHead(dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch {
  return (options, handler) => dispatch({ ...options, reset: options.reset ?? false }, handler);
}

/** Inside the SDK's retries, so that those are seen too that a later attempt makes good. */
function reportAnswers(client: S3Client, onAnswer: (throttled: boolean) => void): void {
  const stack = client.middlewareStack as unknown as {
    addRelativeTo(
      middleware: Middleware,
      options: { relation: 'after'; toMiddleware: string; name: string },
    ): void;
  };
  stack.addRelativeTo(
    (next, context) => {
      // Parts of large copies have a limit of their own.
      if (context.commandName === 'UploadPartCopyCommand') return next;
      return async (input) => {
        try {
          const answer = await next(input);
          onAnswer(false);
          return answer;
        } catch (error) {
          const throttled = isThrottled(error);
          if (throttled !== undefined) onAnswer(throttled);
          throw error;
        }
      };
    },
    { relation: 'after', toMiddleware: 'retryMiddleware', name: 'reportAnswers' },
  );
}

const throttlingCodes: ReadonlySet<string> = new Set(['SlowDown', 'ServiceUnavailable', 'TooManyRequests']);
/** What the SDK calls an error without a body, as every error of HEAD is. */
const unnamed = 'Unknown';

/** `undefined` where there was no answer, or one that says nothing of how much S3 would take. */
function isThrottled(error: unknown): boolean | undefined {
  const { name = unnamed, $metadata } = error as Partial<Error> & {
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return undefined;
  if (throttlingCodes.has(name) || (name === unnamed && status === 503)) return true;
  return status < 500 ? false : undefined;
}

type AnyClient = S3Client | SNSClient | SQSClient;

function reportRequests(service: string, client: AnyClient, { onDone, onError }: ClientSettings): void {
  const stack = client.middlewareStack as unknown as {
    add(middleware: Middleware, options: { step: 'initialize'; name: string; priority: 'high' }): void;
  };
  stack.add(
    (next, context) => async (input) => {
      const operation = operationName(context.commandName);
      const startedAt = performance.now();
      const done = (retries: number) =>
        onDone({ service, operation, seconds: (performance.now() - startedAt) / 1000, retries });
      try {
        const answer = await next(input);
        done(retriesOf(answer.output));
        return answer;
      } catch (error) {
        done(retriesOf(error));
        const code = error instanceof Error ? error.name : 'UnknownError';
        // A conditional call that is not met, an absent object and our own abort are answers, not errors.
        if (!expected.has(code)) onError({ service, operation, code });
        throw error;
      }
    },
    { step: 'initialize', name: 'reportRequests', priority: 'high' },
  );
}

function retriesOf(answer: unknown): number {
  const { $metadata } = (answer ?? {}) as { readonly $metadata?: { readonly attempts?: number } };
  return ($metadata?.attempts ?? 1) - 1;
}

function operationName(commandName: string | undefined): string {
  return commandName?.replace(/Command$/, '') ?? 'unknown';
}

const expected: ReadonlySet<string> = new Set(['PreconditionFailed', 'NotFound', 'NoSuchKey', 'AbortError']);

type Middleware = (
  next: (input: unknown) => Promise<{ readonly output: unknown }>,
  context: { commandName?: string },
) => (input: unknown) => Promise<unknown>;
