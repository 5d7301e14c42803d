import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Macie2Client } from '@aws-sdk/client-macie2';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { requestIdsOf } from '../../core/describe-error.ts';
import { awsErrorCode, awsErrorName, isAnswer, isThrottled } from './aws-errors.ts';

/** The receivers of reports about the calls of clients. */
export interface RequestReports {
  readonly onDone: (request: RequestDone) => void;
  /** Called for every answer of S3, before the SDK retries. It says whether the call was throttled. */
  readonly onS3Answer: (throttled: boolean) => void;
  readonly onError: (failure: RequestFailure) => void;
}

/** A call that ended, successfully or not. */
export interface RequestDone {
  readonly service: string;
  readonly operation: string;
  /** Includes the SDK's own retries. */
  readonly seconds: number;
  readonly retries: number;
}

/** A call that failed after the SDK's own retries. */
export interface RequestFailure {
  readonly service: string;
  readonly operation: string;
  readonly code: string;
  /** AWS's own id of the request, which its support asks for. */
  readonly requestId?: string | undefined;
}

type AnyClient = EventBridgeClient | Macie2Client | S3Client | SNSClient | SQSClient | SSMClient;

/** Makes a client report its calls, and returns the same client. */
export function reporting<Client extends AnyClient>(
  service: 'eventbridge' | 'macie2' | 's3' | 'sns' | 'sqs' | 'ssm',
  client: Client,
  reports: RequestReports,
): Client {
  if (service === 's3') reportAnswers(client, reports);
  reportRequests(service, client, reports);
  return client;
}

/** This middleware runs inside the SDK's retries, so that it also sees failed attempts that a later attempt repairs. */
function reportAnswers(client: AnyClient, { onS3Answer }: RequestReports): void {
  const stack = client.middlewareStack as unknown as {
    addRelativeTo(
      middleware: Middleware,
      options: { relation: 'after'; toMiddleware: string; name: string },
    ): void;
  };
  stack.addRelativeTo(
    (next, context) => {
      // Parts of large copies have a concurrency limit of their own.
      if (context.commandName === 'UploadPartCopyCommand') return next;
      return async (input) => {
        try {
          const answer = await next(input);
          onS3Answer(false);
          return answer;
        } catch (error) {
          const throttled = isThrottled(error);
          if (throttled !== undefined) onS3Answer(throttled);
          throw error;
        }
      };
    },
    { relation: 'after', toMiddleware: 'retryMiddleware', name: 'reportAnswers' },
  );
}

function reportRequests(service: string, client: AnyClient, { onDone, onError }: RequestReports): void {
  const stack = client.middlewareStack as unknown as {
    add(middleware: Middleware, options: { step: 'initialize'; name: string; priority: 'high' }): void;
  };
  stack.add(
    (next, context) => async (input) => {
      const operation = operationName(context.commandName);
      const startedAt = performance.now();
      const done = (retries: number) =>
        onDone({ service, operation, seconds: (performance.now() - startedAt) / 1000, retries });
      try {
        const answer = await next(input);
        done(retriesOf(answer.output));
        return answer;
      } catch (error) {
        done(retriesOf(error));
        // Polls and copies are aborted when they are not wanted any more. Alerts and events are aborted only if
        // they take too long.
        const isWanted =
          service !== 'sns' && service !== 'eventbridge' && awsErrorName(error) === 'AbortError';
        if (!isAnswer(error) && !isWanted)
          onError({
            service,
            operation,
            code: awsErrorCode(error),
            requestId: requestIdsOf(error).requestId,
          });
        throw error;
      }
    },
    { step: 'initialize', name: 'reportRequests', priority: 'high' },
  );
}

function retriesOf(answer: unknown): number {
  const { $metadata } = (answer ?? {}) as { readonly $metadata?: { readonly attempts?: number } };
  return ($metadata?.attempts ?? 1) - 1;
}

function operationName(commandName: string | undefined): string {
  return commandName?.replace(/Command$/, '') ?? 'unknown';
}

type Middleware = (
  next: (input: unknown) => Promise<{ readonly output: unknown }>,
  context: { commandName?: string },
) => (input: unknown) => Promise<unknown>;
