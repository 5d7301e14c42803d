import type { AddressInfo } from 'node:net';
import { buildApp } from 'fauxqs';
import { localAccount, localRegion } from '../account.ts';
import { underAccount, underLocalAccount } from './account-names.ts';
import { type Call, callOf } from './call.ts';
import {
  denied,
  expired,
  noSuchQueue,
  noSuchTopic,
  type Refusal,
  type RefusalAnswer,
  refusalAnswer,
  topicOfAnotherRegion,
  unsigned,
  wrongService,
} from './refusal.ts';

export interface QueuesStandIn {
  /** The endpoint of both SQS and SNS, in every region. */
  readonly endpoint: string;
  /** Lets every account use this queue or topic, as a resource policy does. */
  share(arn: string): void;
  /** Denies this queue or topic to everybody, its own account included. */
  deny(arn: string): void;
  /** Takes the denial away. */
  permit(arn: string): void;
  close(): Promise<void>;
}

export interface QueuesOptions {
  /** Returns the account of an access key, or `expired` if its session has ended. If absent, all keys are of one account. */
  readonly accountOf?: (accessKeyId: string) => string;
  readonly region?: string;
  readonly port?: number;
}

type App = ReturnType<typeof buildApp>;
type Place = { readonly accountId: string; readonly region: string };

/**
 * Starts SQS and SNS with fauxqs. `startFauxqs` is not used, because it listens on every interface. The S3 of
 * fauxqs is never used, because it ignores versions and conditions (aws-facts 10).
 *
 * fauxqs knows one account, finds queues by their name alone, and lets everybody do everything. Here each account has
 * its own queues and topics in each region: the access key names the account of the caller, and the signature's scope
 * names the region. Approximation: a notification in a queue of another account than the local one names the local one.
 */
export async function startQueues(options: QueuesOptions = {}): Promise<QueuesStandIn> {
  const { accountOf = () => localAccount, port = 0, region = localRegion } = options;
  const shared = new Set<string>();
  const deniedArns = new Set<string>();
  const home = buildApp({ logger: false, defaultRegion: region });
  const others = new Map<string, App>();
  const isHome = (place: Place) => place.accountId === localAccount && place.region === region;
  const appOf = (place: Place): App | undefined => (isHome(place) ? home : others.get(nameOf(place)));

  const judge = async (call: Call, caller: string, place: Place): Promise<Refusal | undefined> => {
    const { resource, service, signedWith } = call;
    if (signedWith?.service !== service) return wrongService(service);
    if (caller === 'expired') return expired;
    if (resource === undefined) return undefined;
    if (resource.region !== undefined && resource.region !== place.region) return topicOfAnotherRegion;
    const arn = `arn:aws:${service}:${place.region}:${resource.accountId}:${resource.name}`;
    const app = appOf(place);
    // SQS says of every queue whether it exists. SNS says so of topics of the caller's account only.
    if (service === 'sqs' && app !== home && !(await hasQueue(app, resource.name))) return noSuchQueue;
    if (deniedArns.has(arn) || (caller !== place.accountId && !shared.has(arn))) return denied(call, arn);
    return app === undefined ? noSuchTopic : undefined;
  };
  const opened = (place: Place): App => {
    const app = appOf(place) ?? buildApp({ logger: false, defaultRegion: place.region });
    if (!isHome(place)) others.set(nameOf(place), app);
    return app;
  };

  home.addHook('preHandler', async (request, reply) => {
    const call = callOf(request.headers, request.body);
    if (call === undefined) return;
    const answer = ({ body, headers, status }: RefusalAnswer) =>
      reply.code(status).headers(headers).send(body);
    if (call.signedWith === undefined) return answer(refusalAnswer(call, unsigned));
    const caller = accountOf(call.signedWith.accessKeyId);
    const place: Place = { accountId: call.resource?.accountId ?? caller, region: call.signedWith.region };
    const refusal = await judge(call, caller, place);
    if (refusal !== undefined) return answer(refusalAnswer(call, refusal));
    if (isHome(place)) return;
    const { body, headers, statusCode } = await opened(place).inject({
      method: 'POST',
      url: '/',
      headers: only(request.headers, ['authorization', 'host', 'content-type', 'x-amz-target']),
      payload: underLocalAccount(call, place.accountId),
    });
    return answer({
      status: statusCode,
      headers: only(headers, ['content-type', 'x-amzn-query-error']),
      body: underAccount(call, body, place.accountId),
    });
  });
  await home.listen({ host: '127.0.0.1', port });
  const address = home.server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    share: (arn) => void shared.add(arn),
    deny: (arn) => void deniedArns.add(arn),
    permit: (arn) => void deniedArns.delete(arn),
    async close() {
      await Promise.all([home, ...others.values()].map((app) => app.close()));
    },
  };
}

function nameOf({ accountId, region }: Place): string {
  return `${accountId} ${region}`;
}

async function hasQueue(app: App | undefined, name: string): Promise<boolean> {
  const answer = await app?.inject({ method: 'GET', url: `/_fauxqs/queues/${encodeURIComponent(name)}` });
  return answer?.statusCode === 200;
}

function only(headers: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
