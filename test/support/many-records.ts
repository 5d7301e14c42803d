import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { macieDetail } from './findings.ts';

/** AWS with this many findings of one day, each isolated: every answer is made when it is asked for. */
export interface ManyRecords {
  readonly endpoint: string;
  /** How many objects were listed, and records read. */
  readonly listed: () => number;
  close(): Promise<void>;
}

const dayMs = 86_400_000;
const idOf = (index: number) => index.toString(16).padStart(32, '0');
const indexOf = (id: string) => Number.parseInt(id, 16);

/** Answers S3's listings and reads, SQS's depth and Macie's findings, and keeps nothing. */
export async function startManyRecords(count: number, day: string): Promise<ManyRecords> {
  let listed = 0;
  const keyOf = (index: number) => `records/dt=${day}/${idOf(index)}.isolated.json`;
  const createdAt = (index: number) => Date.parse(day) + Math.floor((index * dayMs) / count);
  const finding = (index: number) =>
    macieDetail({ id: idOf(index), createdAt: new Date(createdAt(index)).toISOString() });

  const list = (query: URLSearchParams) => {
    if (query.get('delimiter') === '/') {
      return xml(
        `<IsTruncated>false</IsTruncated><CommonPrefixes><Prefix>records/dt=${day}/</Prefix></CommonPrefixes>`,
      );
    }
    const after = query.get('continuation-token') ?? query.get('start-after');
    const [, id = ''] = /([0-9a-f]{32})\.isolated/.exec(after ?? '') ?? [];
    const first = id === '' ? 0 : indexOf(id) + 1;
    const end = query.get('prefix')?.startsWith(`records/dt=${day}/`)
      ? Math.min(count, first + 1_000)
      : first;
    listed += end - first;
    let contents = '';
    for (let index = first; index < end; index += 1)
      contents += `<Contents><Key>${keyOf(index)}</Key></Contents>`;
    return xml(
      `${contents}<IsTruncated>${end < count && end > first}</IsTruncated><NextContinuationToken>${keyOf(end - 1)}</NextContinuationToken>`,
    );
  };
  const record = (key: string) => {
    const [, id = ''] = /([0-9a-f]{32})\.isolated\.json$/.exec(key) ?? [];
    return id === ''
      ? undefined
      : JSON.stringify({
          finding_id: id,
          outcome: 'isolated',
          bucket: 'lake-raw',
          key: `in/${id}.csv`,
          detections: [],
        });
  };
  const macie = (path: string, input: MacieInput) => {
    if (path === '/findings/describe')
      return { findings: input.findingIds?.map((id) => finding(indexOf(id))) };
    const { gte = 0, lt = 0 } = input.findingCriteria?.criterion?.createdAt ?? {};
    const start = Number(input.nextToken ?? 0);
    const ids: string[] = [];
    let index = start;
    for (; index < count && ids.length < 50; index += 1) {
      if (createdAt(index) >= gte && createdAt(index) < lt) ids.push(idOf(index));
    }
    return { findingIds: ids, ...(index < count && { nextToken: String(index) }) };
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://stub');
      const path = decodeURIComponent(url.pathname);
      const text = Buffer.concat(chunks).toString('utf8');
      if (url.searchParams.get('list-type') === '2') return void response.end(list(url.searchParams));
      if (path.startsWith('/findings')) {
        response.setHeader('content-type', 'application/json');
        return void response.end(JSON.stringify(macie(path, JSON.parse(text) as MacieInput)));
      }
      if (request.headers['x-amz-target'] !== undefined) {
        response.setHeader('content-type', 'application/x-amz-json-1.0');
        return void response.end(JSON.stringify({ Attributes: queueAttributes }));
      }
      const body = record(path);
      if (body === undefined) response.statusCode = 404;
      response.end(body ?? '<Error><Code>NoSuchKey</Code></Error>');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    listed: () => listed,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

interface MacieInput {
  readonly findingIds?: readonly string[];
  readonly findingCriteria?: { readonly criterion?: { readonly createdAt?: { gte?: number; lt?: number } } };
  readonly nextToken?: string;
}

const queueAttributes = {
  ApproximateNumberOfMessages: '0',
  ApproximateNumberOfMessagesNotVisible: '0',
  ApproximateNumberOfMessagesDelayed: '0',
};

const xml = (body: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${body}</ListBucketResult>`;
