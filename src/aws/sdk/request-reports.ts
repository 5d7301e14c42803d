import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Macie2Client } from '@aws-sdk/client-macie2';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { requestIdsOf } from '../../core/describe-error.ts';
import { awsErrorCode, awsErrorName, isAnswer, isThrottled, isTransient } from './aws-errors.ts';
import { type CalledPlace, calledPlace } from './called-place.ts';

/** The receivers of reports about the calls of clients. */
export interface RequestReports {
  readonly onDone: (request: RequestDone) => void;
  /** Called for every answer of S3, before the SDK retries. It says whether the call was throttled. */
  readonly onS3Answer: (throttled: boolean, place: CalledPlace | undefined) => void;
  /** Called when a call to S3 begins, retries included. The result is called at its end. A copy may take long. */
  readonly onS3Call?: (
    place: CalledPlace | undefined,
    isCopy: boolean,
  ) => ((end: 'well' | 'trouble' | 'none') => void) | undefined;
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
          onS3Answer(false, calledPlace((input as { readonly input?: unknown }).input));
          return answer;
        } catch (error) {
          const throttled = isThrottled(error);
          const place = calledPlace((input as { readonly input?: unknown }).input);
          if (throttled !== undefined) onS3Answer(throttled, place);
          throw error;
        }
      };
    },
    { relation: 'after', toMiddleware: 'retryMiddleware', name: 'reportAnswers' },
  );
}

function reportRequests(
  service: string,
  client: AnyClient,
  { onDone, onError, onS3Call }: RequestReports,
): void {
  const stack = client.middlewareStack as unknown as {
    add(middleware: Middleware, options: { step: 'initialize'; name: string; priority: 'high' }): void;
  };
  stack.add(
    (next, context) => async (command) => {
      const operation = operationName(context.commandName);
      const startedAt = performance.now();
      const isCopy = operation === 'CopyObject' || operation === 'UploadPartCopy';
      const { input } = command as { readonly input?: unknown };
      const ended = service === 's3' ? onS3Call?.(calledPlace(input), isCopy) : undefined;
      const done = (retries: number) =>
        onDone({ service, operation, seconds: (performance.now() - startedAt) / 1000, retries });
      try {
        const answer = await next(command);
        ended?.('well');
        done(retriesOf(answer.output));
        return answer;
      } catch (error) {
        ended?.(endOf(error));
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

/** An answer that says no is an answer. A call that is not wanted any more says nothing. */
function endOf(error: unknown): 'well' | 'trouble' | 'none' {
  if (awsErrorName(error) === 'AbortError') return 'none';
  return isTransient(error) ? 'trouble' : 'well';
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
