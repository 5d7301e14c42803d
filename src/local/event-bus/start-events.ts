import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { jsonOf } from '../../core/json.ts';
import { bodyOf, listening } from '../listening.ts';

/** An event that the bus has accepted. */
export interface AcceptedEvent {
  readonly id: string;
  readonly source: string;
  readonly detailType: string;
  readonly time: Date;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** `entry`: the answer is 200 and names a failed entry with this code. `call`: the call fails. */
export interface EventsFault {
  readonly at: 'entry' | 'call';
  readonly code: string;
}

export interface EventsStandIn {
  readonly endpoint: string;
  readonly busArn: string;
  readonly accepted: readonly AcceptedEvent[];
  /** Every later call fails like this, until the fault is taken away. */
  fail(fault: EventsFault | undefined): void;
  close(): Promise<void>;
}

interface Entry {
  readonly EventBusName?: string;
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  /** Seconds since 1970. */
  readonly Time?: number;
}

/** AWS accepts at most this many bytes in all entries of a call. */
const maximumBytes = 262_144;

/** A stand-in for EventBridge over HTTP that knows PutEvents, and one bus. Its region refuses calls to other regions. */
export async function startEvents(
  { account, region }: { readonly account: string; readonly region: string },
  deliver: (event: AcceptedEvent) => Promise<unknown> = async () => undefined,
): Promise<EventsStandIn> {
  const busArn = `arn:aws:events:${region}:${account}:event-bus/outcomes`;
  const accepted: AcceptedEvent[] = [];
  let fault: EventsFault | undefined;

  const takeOne = async (entry: Entry): Promise<object> => {
    if (fault?.at === 'entry') return { ErrorCode: fault.code, ErrorMessage: 'injected' };
    const problem = problemOf(entry, busArn);
    if (problem !== undefined) return { ErrorCode: problem, ErrorMessage: 'not accepted' };
    const event: AcceptedEvent = {
      id: randomUUID(),
      source: entry.Source ?? '',
      detailType: entry.DetailType ?? '',
      time: new Date((entry.Time ?? Date.now() / 1000) * 1000),
      detail: jsonOf(entry.Detail) as AcceptedEvent['detail'],
    };
    accepted.push(event);
    await deliver(event);
    return { EventId: event.id };
  };

  const respond = async (request: IncomingMessage): Promise<{ status: number; body: object }> => {
    const text = await bodyOf(request);
    if (request.headers['x-amz-target'] !== 'AWSEvents.PutEvents')
      return refused('UnknownOperationException');
    if (fault?.at === 'call') return refused(fault.code);
    // The credential scope of the signature names the region: `<key>/<date>/<region>/events/aws4_request`.
    if (!(request.headers.authorization ?? '').includes(`/${region}/events/aws4_request`)) {
      return refused('InvalidSignatureException');
    }
    const { Entries = [] } = jsonOf(text) as { readonly Entries?: readonly Entry[] };
    if (Entries.length === 0 || Entries.length > 10 || Buffer.byteLength(text) > maximumBytes) {
      return refused('ValidationException');
    }
    const entries = await Promise.all(Entries.map(takeOne));
    const failed = entries.filter((entry) => 'ErrorCode' in entry).length;
    return { status: 200, body: { FailedEntryCount: failed, Entries: entries } };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, body } = await respond(request);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => void answer(request, response));
  return {
    ...(await listening(server)),
    busArn,
    accepted,
    fail(next) {
      fault = next;
    },
  };
}

function problemOf({ EventBusName, Source, DetailType, Detail }: Entry, busArn: string): string | undefined {
  if (EventBusName !== busArn) return 'ResourceNotFoundException';
  if (!Source || !DetailType || Source.startsWith('aws.')) return 'InvalidArgument';
  const detail = jsonOf(Detail);
  return typeof detail === 'object' && detail !== null && !Array.isArray(detail)
    ? undefined
    : 'MalformedDetail';
}

function refused(code: string): { status: number; body: object } {
  const status = code === 'ServiceUnavailable' ? 503 : 400;
  return { status, body: { __type: code, message: 'refused' } };
}
