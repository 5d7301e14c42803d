import type { Call } from './call.ts';

/** An error of SQS or SNS, by the code that the SDK shows. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export interface RefusalAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const unsigned: Refusal = {
  status: 403,
  code: 'MissingAuthenticationToken',
  message: 'Request is missing Authentication Token',
};

export const expired: Refusal = {
  status: 403,
  code: 'ExpiredToken',
  message: 'The security token included in the request is expired',
};

export function wrongService(service: string): Refusal {
  return {
    status: 403,
    code: 'SignatureDoesNotMatch',
    message: `Credential should be scoped to correct service: '${service}'.`,
  };
}

/** The topic's ARN names another region than the endpoint's. */
export const topicOfAnotherRegion: Refusal = {
  status: 400,
  code: 'InvalidParameter',
  message: 'Invalid parameter: TopicArn',
};

export const noSuchQueue: Refusal = {
  status: 400,
  code: 'AWS.SimpleQueueService.NonExistentQueue',
  message: 'The specified queue does not exist.',
};

export const noSuchTopic: Refusal = { status: 404, code: 'NotFound', message: 'Topic does not exist' };

/** Neither the caller's account owns the queue or topic, nor does a resource policy admit the caller. */
export function denied({ action, service }: Call, arn: string): Refusal {
  return service === 'sqs'
    ? { status: 403, code: 'AccessDenied', message: `Access to the resource ${arn} is denied.` }
    : {
        status: 403,
        code: 'AuthorizationError',
        message: `User is not authorized to perform: SNS:${action} on resource: ${arn} because no resource-based policy allows the SNS:${action} action`,
      };
}

/** The answer in the protocol of the service: JSON that is compatible with Query for SQS, XML for SNS. */
export function refusalAnswer({ service }: Call, { code, message, status }: Refusal): RefusalAnswer {
  if (service === 'sns') {
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
    return {
      status,
      headers: { 'content-type': 'text/xml' },
      body: `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${error}</ErrorResponse>`,
    };
  }
  const type = code === noSuchQueue.code ? 'QueueDoesNotExist' : code;
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-query-error': `${code};Sender` },
    body: JSON.stringify({ __type: `com.amazonaws.sqs#${type}`, message }),
  };
}
