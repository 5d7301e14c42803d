import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Macie2Client } from '@aws-sdk/client-macie2';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { UndiciHttpHandler } from '@smithy/undici-http-handler';
import { Agent, type Dispatcher } from 'undici';
import { rememberDates } from './answer-date.ts';
import { createMemberCredentials, type MemberRole } from './credentials.ts';
import { refuseEmptyAnswers } from './empty-answers.ts';
import { pinnedOfMacie, pinnedOfOthers, pinnedOfS3 } from './pinned.ts';
import { type RequestReports, reporting } from './request-reports.ts';

export interface ClientSettings extends RequestReports {
  readonly region: string;
  /** The role in accounts other than the worker's own. If absent, the worker's own role is used everywhere. */
  readonly members?: { readonly role: MemberRole; readonly ownAccountId: string } | undefined;
  /** Endpoints of stand-ins for AWS. If absent, AWS itself is used. */
  readonly endpoints: {
    readonly s3?: string;
    readonly sqs?: string;
    readonly sns?: string;
    readonly sts?: string;
    readonly macie2?: string;
    readonly eventBridge?: string;
    readonly ssm?: string;
  };
  /** The upper bound of sockets to one host. */
  readonly maximumSockets: number;
  /** A call without an answer for this time has failed, as has an answer without progress. The default is 30 s. */
  readonly answerTimeoutMs?: number;
}

export interface Clients {
  /** This client sends only long polls, so that aborting them at shutdown affects no other call (aws-facts 11). */
  readonly receive: SQSClient;
  readonly settle: SQSClient;
  readonly sns: SNSClient;
  /** Returns the client for an account and region. In accounts other than the worker's own it uses the member role. */
  s3(region: string, accountId?: string): S3Client;
  /** Returns the client of the worker's own account in a region that a setting allows. Loads the client's code. */
  macie(region: string): Promise<Macie2Client>;
  /** Loads the client's code. */
  eventBridge(region: string): Promise<EventBridgeClient>;
  ssm(): Promise<SSMClient>;
  destroy(): void;
}

/** Long polls take 20 s. Copies have a limit of their own. */
const defaultAnswerTimeoutMs = 30_000;
/**
 * Findings name accounts and regions, so the number of clients is bounded. The least recently used client is
 * dropped.
 */
const maximumS3Clients = 1_000;

/**
 * Creates the AWS clients as measured in aws-facts 12: undici costs a third less CPU than the default
 * handler, and `cacheMiddleware` avoids building the middleware stack for each call.
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
  };
  // The queue URLs of stand-ins name hosts that do not resolve elsewhere (aws-facts 10).
  const sqs = {
    ...common,
    ...pinnedOfOthers,
    ...at(endpoints.sqs),
    useQueueUrlAsEndpoint: endpoints.sqs === undefined,
  };
  const credentialsIn =
    settings.members &&
    createMemberCredentials({
      role: settings.members.role,
      region: settings.region,
      ...at(endpoints.sts),
      requestHandler: common.requestHandler,
      onError: settings.onError,
    });
  const createS3 = (region: string, member: string | undefined): S3Client => {
    const forcePathStyle = endpoints.s3 !== undefined;
    const options = {
      ...common,
      ...pinnedOfS3,
      ...at(endpoints.s3),
      region,
      forcePathStyle,
    };
    if (member === undefined || credentialsIn === undefined) {
      const own = new S3Client(options);
      rememberDates(own);
      return reporting('s3', own, settings);
    }
    const credentials = credentialsIn(member);
    return reporting('s3', new S3Client({ ...options, credentials }), settings);
  };
  const createMacie = async (region: string): Promise<Macie2Client> => {
    const { createMacieClient } = await import('./macie-client.ts');
    const options = { ...common, ...pinnedOfMacie, ...at(endpoints.macie2), region };
    return reporting('macie2', createMacieClient(options), settings);
  };
  const createEventBridge = async (region: string): Promise<EventBridgeClient> => {
    const { createEventBridgeClient } = await import('./eventbridge-client.ts');
    const options = { ...common, ...pinnedOfOthers, ...at(endpoints.eventBridge), region, maxAttempts: 2 };
    return reporting('eventbridge', createEventBridgeClient(options), settings);
  };
  let eventBridge: Promise<EventBridgeClient> | undefined;
  const macieClients = new Map<string, Promise<Macie2Client>>();
  const s3Clients = new Map<string, S3Client>();
  const receive = reporting('sqs', new SQSClient({ ...sqs, maxAttempts: 1 }), settings);
  refuseEmptyAnswers(receive);
  const settle = reporting('sqs', new SQSClient(sqs), settings);
  const sns = reporting(
    'sns',
    new SNSClient({ ...common, ...pinnedOfOthers, ...at(endpoints.sns), maxAttempts: 2 }),
    settings,
  );
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
    macie(region) {
      const created = macieClients.get(region) ?? createMacie(region);
      macieClients.set(region, created);
      return created;
    },
    eventBridge(region) {
      eventBridge ??= createEventBridge(region);
      return eventBridge;
    },
    async ssm() {
      const { createSsmClient } = await import('./ssm-client.ts');
      return reporting(
        'ssm',
        createSsmClient({ ...common, ...pinnedOfOthers, ...at(endpoints.ssm) }),
        settings,
      );
    },
    destroy() {
      void agent.destroy();
    },
  };
}

function at(endpoint: string | undefined): { endpoint?: string } {
  return endpoint === undefined ? {} : { endpoint };
}

/** undici's timeouts start again with every byte, so an answer that trickles in would never end. */
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

/** undici closes the socket after every HEAD unless it is told that the server is well-behaved. */
function keepSocketAfterHead(dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch {
  return (options, handler) => dispatch({ ...options, reset: options.reset ?? false }, handler);
}
