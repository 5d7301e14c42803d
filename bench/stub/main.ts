import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { serveParent } from '../harness/child.ts';
import { createCounter } from './counts.ts';
import { macieAnswer, stuckBucket } from './messages.ts';
import { defaultStubSettings, type Load, type StubSettings } from './protocol.ts';
import { createQueues } from './queues.ts';
import { createS3, type S3Answer, type S3Call } from './s3.ts';
import { createThrottle } from './throttle.ts';
import { document } from './xml.ts';

/**
 * AWS for the benchmarks: answers every call after a set time, and does as little else as can be, so that
 * it is never what limits. A process of its own, whose CPU is not the worker's.
 */
let settings: StubSettings = defaultStubSettings;
let objectBytes = 1_000;
let firstReceiveAt: bigint | undefined;
const counter = createCounter();
const queues = createQueues(counter);
const s3 = createS3(counter, () => objectBytes);
const withinRate = createThrottle(() => settings.s3CallsPerSecond);

async function answerSqs(
  operation: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (operation === 'ReceiveMessage') firstReceiveAt ??= process.hrtime.bigint();
  const [body] = await Promise.all([text(request), pause(settings.latencyMs)]);
  const answer = await queues.answer(operation, JSON.parse(body), (gone) => response.on('close', gone));
  response.setHeader('content-type', 'application/x-amz-json-1.0').end(JSON.stringify(answer));
}

/** Macie knows every finding that was ever put on a queue. */
async function answerMacie(request: IncomingMessage, response: ServerResponse): Promise<void> {
  counter.called('GetFindings');
  const [body] = await Promise.all([text(request), pause(settings.latencyMs)]);
  const { findingIds } = JSON.parse(body) as { findingIds: readonly string[] };
  const findings = findingIds.map((id) => macieAnswer(id));
  response.setHeader('content-type', 'application/json').end(`{"findings":[${findings.join()}]}`);
}

async function answerS3(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://stub');
  const [, bucket = '', ...rest] = pathname.split('/');
  const key = rest.map(decodeURIComponent).join('/');
  const { method = 'GET', headers } = request;
  const call: S3Call = { method, bucket, key, query, headers };
  request.resume();
  if (!withinRate()) {
    counter.throttled();
    await pause(settings.latencyMs);
    respond(response, {
      operation: 'SlowDown',
      status: 503,
      xml: document('Error', '<Code>SlowDown</Code>'),
    });
    return;
  }
  const answer = s3(call);
  counter.called(answer.operation);
  await pause(isStuck(call) ? settings.stuckMs : settings.latencyMs * slowness(call) + copyMs(answer));
  if (response.destroyed) return;
  answer.onCopied?.();
  respond(response, answer);
}

function isStuck({ bucket, headers }: S3Call): boolean {
  const source = headers['x-amz-copy-source'];
  const about = typeof source === 'string' ? source.split('/')[0] : bucket;
  return settings.stuckMs > 0 && about === stuckBucket;
}

function slowness({ headers }: S3Call): number {
  return headers['x-amz-copy-source']?.includes('/slow/') ? settings.slowCopyTimes : 1;
}

function copyMs({ copiedBytes = 0 }: S3Answer): number {
  return settings.copyBytesPerSecond === 0 ? 0 : (copiedBytes / settings.copyBytesPerSecond) * 1000;
}

function respond(response: ServerResponse, { status = 200, headers = {}, xml }: S3Answer): void {
  const length = xml === undefined ? {} : { 'content-length': Buffer.byteLength(xml) };
  response.writeHead(status, { 'x-amz-request-id': 'STUB', ...length, ...headers }).end(xml);
}

const server = createServer((request, response) => {
  const target = request.headers['x-amz-target'];
  const operation = typeof target === 'string' ? target.split('.').at(-1) : undefined;
  if (operation !== undefined) counter.called(operation);
  const answered = request.headers.authorization?.includes('/macie2/')
    ? answerMacie(request, response)
    : operation === undefined
      ? answerS3(request, response)
      : answerSqs(operation, request, response);
  answered.catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
});
server.keepAliveTimeout = 120_000;

serveParent({
  async listen() {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  },
  set(changed: Partial<StubSettings>) {
    settings = { ...settings, ...changed };
  },
  load(load: Load) {
    objectBytes = load.sizeBytes ?? 1_000;
    return queues.load(load);
  },
  redeliver: (queue: string) => queues.redeliver(queue),
  counts: () => counter.counts(),
  /** Since the last time that there was one to tell of. On the clock that all processes of the machine share, in milliseconds. */
  firstReceive() {
    const at = firstReceiveAt;
    firstReceiveAt = undefined;
    return at === undefined ? undefined : Number(at / 1000n) / 1000;
  },
});
