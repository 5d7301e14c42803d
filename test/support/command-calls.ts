import { S3Client } from '@aws-sdk/client-s3';
import type { Request } from './authorize.ts';
import { callOf, type SentRequest } from './aws-calls.ts';
import { region, workerAccount } from './deployed.ts';
import { requestsOf } from './iam-actions.ts';

/** A request to IAM, and the part of the bucket or the queue that it is about. */
export interface CommandRequest extends Request {
  readonly about: string;
}

/**
 * Runs a command and returns what its calls ask of IAM: those of the SDK, and those that are signed without it.
 * Calls of the worker and of the test go through other handlers.
 */
export async function callsOfCommand(
  isolationBucket: string,
  command: () => Promise<unknown>,
): Promise<readonly CommandRequest[]> {
  const requests: CommandRequest[] = [];
  const { handle } = handler;
  const { fetch } = globalThis;
  handler.handle = async function (sent, ...more) {
    requests.push(...asked(sent as SentRequest, isolationBucket));
    return handle.call(this, sent, ...more);
  };
  globalThis.fetch = async (url, init) => {
    const headers = init?.headers as Record<string, string> | undefined;
    if (headers?.['authorization'] !== undefined) {
      requests.push(
        ...asked({ method: 'POST', path: '/', query: {}, headers, body: init?.body }, isolationBucket),
      );
    }
    return fetch(url, init);
  };
  try {
    await command();
  } finally {
    handler.handle = handle;
    globalThis.fetch = fetch;
  }
  return requests;
}

function asked(sent: SentRequest, isolationBucket: string): readonly CommandRequest[] {
  const authorization = Object.entries(sent.headers).find(([name]) => name.toLowerCase() === 'authorization');
  const [, service = ''] = /\/([a-z0-9-]+)\/aws4_request/.exec(authorization?.[1] ?? '') ?? [];
  if (['s3', 'sqs', 'sns', 'macie2'].includes(service)) {
    const call = callOf(sent, isolationBucket);
    const about = call.on === 'isolation' ? (call.prefix ?? 'the bucket') : (call.on ?? service);
    return requestsOf(call)
      .filter(({ by }) => by === 'worker')
      .map((request) => ({ ...request, about }));
  }
  const target = Object.entries(sent.headers).find(([name]) => name.toLowerCase() === 'x-amz-target');
  const body = typeof sent.body === 'string' ? sent.body : '';
  const operation = target?.[1].split('.').at(-1) ?? new URLSearchParams(body).get('Action') ?? sent.path;
  const action = `${service === 'monitoring' ? 'cloudwatch' : service}:${operation}`;
  return [
    {
      action,
      about: service,
      ...resources[action],
      resource: resources[action]?.resource ?? '*',
      owner: workerAccount,
    },
  ];
}

const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${region}:${workerAccount}:${resource}`;
const here = { 'aws:RequestedRegion': region };

/** The resources of calls that only commands make. */
const resources: Readonly<Record<string, Pick<Request, 'resource' | 'context'>>> = {
  'cloudformation:DescribeStacks': { resource: arn('cloudformation', 'stack/macie-isolator-data-plane/1') },
  'ecs:DescribeServices': { resource: arn('ecs', 'service/macie-isolator/macie-isolator-worker') },
  'ecs:DescribeTaskDefinition': { resource: '*', context: here },
  'ecr:DescribeImages': { resource: arn('ecr', 'repository/macie-isolator'), context: here },
  'cloudwatch:GetMetricData': { resource: arn('cloudwatch', 'dataset/default'), context: here },
};

interface Handler {
  handle(...sent: unknown[]): Promise<unknown>;
}

const handler = Object.getPrototypeOf(new S3Client({ region: 'us-east-1' }).config.requestHandler) as Handler;
