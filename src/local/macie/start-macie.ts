import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { bodyOf, listening } from '../listening.ts';
import { accountOperations } from './account.ts';
import type { MacieAccount } from './account-state.ts';
import { type Caller, createMacieAccounts } from './accounts.ts';
import { createKnownFindings, type FindingDetail, type KnownFindings } from './known-findings.ts';
import { invalid, MacieError } from './macie-error.ts';
import { operations } from './operations.ts';

/**
 * A stand-in for Macie's API over HTTP: findings, samples, custom identifiers, jobs, the session and filters. The
 * signature of a call tells its region and account. Each has a Macie of its own, and refuses calls until it is enabled.
 */
export interface MacieStandIn {
  readonly endpoint: string;
  /** The findings that the API knows. Nothing else makes a finding known but CreateSampleFindings. */
  readonly findings: KnownFindings;
  /** What the own account has in its home region. */
  readonly account: MacieAccount;
  /** What an account, if none is named the own one, has in another region. */
  accountIn(region: string, account?: string): MacieAccount;
  /** Every call that came, refused calls included. */
  readonly calls: readonly MacieCall[];
  /** What becomes of the calls from now on. Absent: they are answered. */
  refuse(fault?: (call: MacieCall) => MacieError | 'hang up' | undefined): void;
  close(): Promise<void>;
}

export interface MacieCall {
  readonly operation: string;
  /** The region for which the call is signed. */
  readonly region: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface MacieOptions {
  /** The own account. It administers Macie for the others, and knows their findings. */
  readonly account: string;
  /** The home region of the own account. */
  readonly region?: string;
  /** Returns the account of the access key, or `expired` if its session has ended. The default is the own account. */
  readonly accountOf?: (accessKeyId: string) => string;
  readonly publish?: (finding: FindingDetail) => Promise<unknown>;
  /** How long every answer takes. */
  readonly latencyMs?: number;
  readonly port?: number;
  readonly now?: () => Date;
}

export async function startMacie(options: MacieOptions): Promise<MacieStandIn> {
  const {
    account,
    region = 'us-east-1',
    accountOf = () => account,
    publish = async () => undefined,
    latencyMs = 0,
    port = 0,
    now = () => new Date(),
  } = options;
  const findings = createKnownFindings();
  const home: Caller = { account, region };
  const accounts = createMacieAccounts(home);
  const calls: MacieCall[] = [];
  let faultOf: Parameters<MacieStandIn['refuse']>[0];

  const perform = async (incoming: IncomingMessage): Promise<unknown> => {
    const operation = operationOf(incoming);
    const signed = signatureOf(incoming);
    const call = {
      operation: operation.name,
      region: signed.region,
      input: { ...operation.query, ...readJson(await bodyOf(incoming)) },
    };
    calls.push(call);
    if (latencyMs > 0) await delay(latencyMs);
    const fault = faultOf?.(call);
    if (fault === 'hang up') throw new HungUp();
    if (fault) throw fault;
    const caller = { account: accountOf(signed.accessKeyId), region: signed.region };
    if (caller.account === 'expired') throw new MacieError('ExpiredTokenException', 'The token has expired.');
    const state = accounts.of(caller);
    if (state.status === 'DISABLED') throw new MacieError('AccessDeniedException', 'Macie is not enabled.');
    if ('ofFindings' in operation) {
      const known = caller.account === account ? findings : findings.ofAccount(caller.account);
      return operation.ofFindings(call.input, { ...caller, known, now: now(), publish });
    }
    return operation.ofAccount({ id: operation.id, input: call.input, account: state, now: now() });
  };
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      send(response, 200, await perform(incoming));
    } catch (error) {
      if (error instanceof HungUp) incoming.socket.destroy();
      else if (error instanceof MacieError) {
        response.setHeader('x-amzn-errortype', error.code);
        send(response, error.status, { message: error.message });
      } else send(response, 500, { message: String(error) });
    }
  };
  const server = createServer((incoming, response) => void answer(incoming, response));
  return {
    ...(await listening(server, port)),
    findings,
    account: accounts.of(home),
    accountIn: (otherRegion, other = account) => accounts.of({ account: other, region: otherRegion }),
    calls,
    refuse(fault) {
      faultOf = fault;
    },
  };
}

function operationOf({ method, url = '' }: IncomingMessage) {
  const { pathname, searchParams } = new URL(url, 'http://macie');
  const query = Object.fromEntries(searchParams);
  const ofFindings = method === 'POST' ? operations[pathname] : undefined;
  if (ofFindings) return { name: ofFindings.name, query, ofFindings: ofFindings.perform };
  for (const each of accountOperations) {
    const match = each.method === method ? each.path.exec(pathname) : null;
    if (match) {
      const id = decodeURIComponent(match[1] ?? '');
      return { name: each.name, query, id, ofAccount: each.perform };
    }
  }
  throw new MacieError('UnknownOperationException', 'not known here');
}

class HungUp extends Error {}

/** One endpoint stands for every region, so the signature tells which region is meant. */
function signatureOf({ headers }: IncomingMessage): {
  readonly accessKeyId: string;
  readonly region: string;
} {
  const [, accessKeyId, region] =
    /Credential=([^/]+)\/\d{8}\/([^/]+)\/macie2\/aws4_request/.exec(headers.authorization ?? '') ?? [];
  if (accessKeyId === undefined || region === undefined)
    throw new MacieError('AccessDeniedException', 'the call is not signed for macie2');
  return { accessKeyId, region };
}

function readJson(body: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body || '{}') as Record<string, unknown>;
  } catch {
    throw invalid('the body is not JSON');
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
