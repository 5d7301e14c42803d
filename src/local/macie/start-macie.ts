import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { accountOperations } from './account.ts';
import { createMacieAccount, type MacieAccount } from './account-state.ts';
import { createKnownFindings, type FindingDetail, type KnownFindings } from './known-findings.ts';
import { invalid, MacieError } from './macie-error.ts';
import { operations } from './operations.ts';

/** A stand-in for Macie's API over HTTP: findings, samples, custom identifiers, jobs, the session and filters. */
export interface MacieStandIn {
  readonly endpoint: string;
  /** The findings that the API knows. Nothing else makes a finding known but CreateSampleFindings. */
  readonly findings: KnownFindings;
  readonly account: MacieAccount;
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
  readonly account: string;
  readonly publish?: (finding: FindingDetail) => Promise<unknown>;
  /** How long every answer takes. */
  readonly latencyMs?: number;
  readonly port?: number;
  readonly now?: () => Date;
}

export async function startMacie(options: MacieOptions): Promise<MacieStandIn> {
  const {
    account,
    publish = async () => undefined,
    latencyMs = 0,
    port = 0,
    now = () => new Date(),
  } = options;
  const findings = createKnownFindings();
  const macieAccount = createMacieAccount();
  const calls: MacieCall[] = [];
  let faultOf: Parameters<MacieStandIn['refuse']>[0];

  const perform = async (incoming: IncomingMessage): Promise<unknown> => {
    const operation = operationOf(incoming);
    const call = {
      operation: operation.name,
      region: regionOf(incoming),
      input: { ...operation.query, ...readJson(await bodyOf(incoming)) },
    };
    calls.push(call);
    if (latencyMs > 0) await delay(latencyMs);
    const fault = faultOf?.(call);
    if (fault === 'hang up') throw new HungUp();
    if (fault) throw fault;
    if ('ofFindings' in operation) {
      return operation.ofFindings(call.input, {
        known: findings,
        account,
        region: call.region,
        now: now(),
        publish,
      });
    }
    return operation.ofAccount({ id: operation.id, input: call.input, account: macieAccount, now: now() });
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
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    findings,
    account: macieAccount,
    calls,
    refuse(fault) {
      faultOf = fault;
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
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
function regionOf({ headers }: IncomingMessage): string {
  const region = /Credential=[^/]+\/\d{8}\/([^/]+)\/macie2\/aws4_request/.exec(
    headers.authorization ?? '',
  )?.[1];
  if (region === undefined)
    throw new MacieError('AccessDeniedException', 'the call is not signed for macie2');
  return region;
}

function readJson(body: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body || '{}') as Record<string, unknown>;
  } catch {
    throw invalid('the body is not JSON');
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
