import type { IncomingHttpHeaders } from 'node:http';

/** A call of SQS or SNS: who asks, where, and for which queue or topic. */
export interface Call {
  readonly service: 'sqs' | 'sns';
  readonly action: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Absent if the request is not signed. */
  readonly signedWith?: SignedWith;
  /** Absent if the call names no queue or topic, for example CreateQueue. */
  readonly resource?: { readonly accountId: string; readonly name: string; readonly region?: string };
}

/** What the credential scope of Signature Version 4 says. */
export interface SignedWith {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

/** Returns `undefined` if this is neither the JSON protocol of SQS nor the Query protocol of SNS. */
export function callOf(headers: IncomingHttpHeaders, body: unknown): Call | undefined {
  const type = headers['content-type'] ?? '';
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const text = (name: string): string | undefined => {
    const value = fields[name];
    return typeof value === 'string' ? value : undefined;
  };
  const signedWith = signedBy(headers.authorization);
  const common = { fields, ...(signedWith && { signedWith }) };
  if (type.includes('application/x-amz-json-1.0')) {
    const action = String(headers['x-amz-target'] ?? '').replace('AmazonSQS.', '');
    return { ...common, service: 'sqs', action, ...resource(queueIn(text('QueueUrl'))) };
  }
  if (type.includes('application/x-www-form-urlencoded')) {
    const arn = text('TopicArn') ?? text('ResourceArn') ?? text('SubscriptionArn');
    return { ...common, service: 'sns', action: text('Action') ?? '', ...resource(topicIn(arn)) };
  }
  return undefined;
}

function signedBy(authorization = ''): SignedWith | undefined {
  const found = /Credential=([^/\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(authorization);
  if (!found) return undefined;
  const [, accessKeyId = '', region = '', service = ''] = found;
  return { accessKeyId, region, service };
}

/** The URL of a queue ends in its account and its name. */
function queueIn(url: string | undefined): Call['resource'] {
  const [accountId = '', name = ''] = url?.split('/').slice(-2) ?? [];
  return url === undefined ? undefined : { accountId, name };
}

function topicIn(arn: string | undefined): Call['resource'] {
  const [, , , region = '', accountId = '', name = ''] = arn?.split(':') ?? [];
  return arn === undefined ? undefined : { accountId, name, region };
}

function resource(found: Call['resource']): Pick<Call, 'resource'> {
  return found === undefined ? {} : { resource: found };
}
