import { buffer } from 'node:stream/consumers';
import {
  GetBucketVersioningCommand,
  type GetBucketVersioningCommandInput,
  type GetBucketVersioningCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { RetryableError } from '../../../core/errors.ts';

/**
 * The text that every S3 answers, also for a bucket that was never versioned: then the element is empty. Some stores name
 * the element after the call (moto).
 */
const answerOfS3 =
  /^\s*(?:<\?xml[^>]*\?>\s*)?<(?:\w+:)?(?:VersioningConfiguration|GetBucketVersioning\w+)[\s/>]/;

/**
 * Reads the versioning of a bucket. The SDK reads any text without a status as the answer for a bucket that was never
 * versioned, so the text itself is looked at. Throws `RetryableError` if it is not from S3. Errors of the SDK are passed on.
 */
export async function bucketVersioning(
  client: S3Client,
  input: GetBucketVersioningCommandInput,
): Promise<GetBucketVersioningCommandOutput> {
  const command = new GetBucketVersioningCommand(input);
  let text = '';
  command.middlewareStack.add(
    (next) => async (request) => {
      const result = await next(request);
      const response = result.response as { body: Uint8Array | NodeJS.ReadableStream };
      const bytes = response.body instanceof Uint8Array ? response.body : await buffer(response.body);
      text = new TextDecoder().decode(bytes);
      // The SDK reads the bytes again.
      response.body = bytes;
      return result;
    },
    // Between the call and the parser.
    { step: 'deserialize', priority: 'low', name: 'keepText' },
  );
  // Without options, a client with `cacheMiddleware` would use the middleware of the first command for each later command.
  const answer = await client.send(command, {});
  if (answerOfS3.test(text)) return answer;
  throw new RetryableError('AnswerWithoutVersioning', 'the answer to GetBucketVersioning has no versioning');
}
