import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { UndiciHttpHandler } from '@smithy/undici-http-handler';
import { fenceTag } from '../../src/core/fences.ts';
import { localAccount } from '../../src/local/account.ts';
import { operations } from '../../src/local/macie/operations.ts';
import { operationOf } from '../../src/local/s3/http/http-request.ts';

/** A kind of call to AWS: what of it can matter to a policy, and nothing of what changes with each test. */
export interface AwsCall {
  readonly service: 's3' | 'sqs' | 'sns' | 'sts' | 'ecs' | 'ssm' | 'macie2' | 'eventbridge';
  readonly operation: string;
  /** Whose credentials signed it. */
  readonly role: 'worker' | 'member';
  /** What it addresses: bucket or queue. */
  readonly on?: 'source' | 'isolation' | 'findings' | 'dead-letter';
  /** Of a key in the isolation bucket: up to its first slash. */
  readonly prefix?: string;
  /** Of a copy's key: names the account of the role that asks. */
  readonly underOwnAccount?: boolean;
  readonly versioned?: boolean;
  readonly ifNoneMatch?: boolean;
  readonly ifMatch?: boolean;
  readonly tagging?: boolean;
  /** Of a call that replaces tags: the tag of the fence is among the new ones. */
  readonly putsFence?: boolean;
  /** Whose bucket the caller expects: that of the account whose role signed, or another. Absent: not said. */
  readonly expectedOwner?: 'own' | 'isolation' | 'other';
  /** Of a copy: the same of the source's bucket. */
  readonly expectedSourceOwner?: 'own' | 'isolation' | 'other';
  readonly isCopy?: boolean;
  /** Of a copy: the source is named by its version. */
  readonly sourceVersioned?: boolean;
}

const made = new Set<string>();

export function recordAwsCall(call: AwsCall): void {
  made.add(JSON.stringify(call));
}

/**
 * Records what goes out through the handler that the worker's clients share, and that no client of a test
 * has: every call to AWS, as it is signed and sent.
 */
export function recordAwsCalls(isolationBucket: string): void {
  if (installed) return;
  installed = true;
  const { prototype } = UndiciHttpHandler;
  const { handle } = prototype;
  prototype.handle = function (request, options) {
    recordAwsCall(callOf(request, isolationBucket));
    return handle.call(this, request, options);
  };
}
let installed = false;

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | null | readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export function callOf(
  { method, path, query, headers, body }: SentRequest,
  isolationBucket: string,
): AwsCall {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const [, accessKeyId = ''] = /Credential=([^/]+)\//.exec(lower.get('authorization') ?? '') ?? [];
  const [, memberAccount] = /^ASIA(\d{12})/.exec(accessKeyId) ?? [];
  const role = memberAccount === undefined ? 'worker' : 'member';
  if (lower.get('authorization')?.includes('/macie2/aws4_request')) {
    return { service: 'macie2', operation: operations[path]?.name ?? path, role };
  }
  const [api, target] = lower.get('x-amz-target')?.split('.') ?? [];
  if (api === 'AmazonSSM' && target !== undefined) return { service: 'ssm', operation: target, role };
  const text = textOf(body);
  if (target === 'PutEvents') return { service: 'eventbridge', operation: target, role };
  if (target !== undefined) {
    const on = text.includes('-dead-letter"') ? 'dead-letter' : 'findings';
    return { service: 'sqs', operation: target, role, on };
  }
  const action = new URLSearchParams(text).get('Action');
  if (action !== null) return { service: action === 'AssumeRole' ? 'sts' : 'sns', operation: action, role };

  const [, bucket = '', ...segments] = path.split('/');
  const key = segments.join('/');
  const [first = '', account = ''] = segments;
  // Each object of the valve has permissions of its own.
  const prefix = first === 'control' ? `${first}/${account}` : first;
  const names = new Map(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const request = {
    method,
    bucket,
    key,
    query: names,
    headers: Object.fromEntries(lower),
    body: Buffer.alloc(0),
  };
  const copySource = lower.get('x-amz-copy-source');
  const flag = (name: string, is: boolean) => (is ? { [name]: true } : {});
  const isIsolation = bucket === isolationBucket;
  const ownerOf = (name: string, header: string) => {
    const owner = lower.get(header);
    if (owner === undefined) return {};
    if (owner === (memberAccount ?? localAccount)) return { [name]: 'own' };
    return { [name]: owner === localAccount ? 'isolation' : 'other' };
  };
  return {
    service: 's3',
    operation: operationOf(request),
    role,
    on: isIsolation ? 'isolation' : 'source',
    ...(isIsolation && key !== '' && { prefix }),
    ...flag('underOwnAccount', isIsolation && account === (memberAccount ?? localAccount)),
    ...flag('versioned', names.has('versionId')),
    ...flag('ifNoneMatch', lower.has('if-none-match')),
    ...flag('ifMatch', lower.has('if-match')),
    ...flag('tagging', lower.get('x-amz-tagging-directive') === 'COPY' || lower.has('x-amz-tagging')),
    ...flag('putsFence', names.has('tagging') && text.includes(`<Key>${fenceTag}</Key>`)),
    ...ownerOf('expectedOwner', 'x-amz-expected-bucket-owner'),
    ...ownerOf('expectedSourceOwner', 'x-amz-source-expected-bucket-owner'),
    ...flag('isCopy', copySource !== undefined),
    ...flag('sourceVersioned', copySource?.includes('?versionId=') ?? false),
  };
}

/** Bodies of the JSON protocol are arrays that warn where they are taken for a string. */
function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : '';
}

/** Set by vitest.config.ts for a run. */
const folder = () => process.env['AWS_CALLS_FOLDER'] ?? '';

/** For the policies' tests, which run after all that make calls. */
export function keepAwsCalls(): void {
  if (made.size === 0 || !existsSync(folder())) return;
  writeFileSync(`${folder()}/${randomUUID()}.json`, JSON.stringify([...made]));
}

/** Every kind of call that the integration tests of this run made. */
export function keptAwsCalls(): readonly AwsCall[] {
  const files = existsSync(folder()) ? readdirSync(folder()) : [];
  const all = files.flatMap((file) => JSON.parse(readFileSync(`${folder()}/${file}`, 'utf8')) as string[]);
  return [...new Set(all)].sort().map((json) => JSON.parse(json) as AwsCall);
}
