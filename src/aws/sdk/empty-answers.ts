import { buffer } from 'node:stream/consumers';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { RetryableError } from '../../core/errors.ts';

/**
 * After this call, an answer without a body fails. SQS says `{}` if there are no messages. The SDK reads nothing, which a
 * proxy may answer, as the same.
 */
export function refuseEmptyAnswers(client: SQSClient): void {
  client.middlewareStack.add(
    (next) => async (input) => {
      const answer = await next(input);
      const response = answer.response as {
        readonly statusCode: number;
        body?: NodeJS.ReadableStream | Buffer;
      };
      if (response.statusCode >= 300 || response.body === undefined) return answer;
      const body = Buffer.isBuffer(response.body) ? response.body : await buffer(response.body);
      if (body.length === 0) throw new RetryableError('EmptyAnswer', 'the answer has no body');
      response.body = body;
      return answer;
    },
    { step: 'deserialize', name: 'refuseEmptyAnswers', priority: 'low' },
  );
}
