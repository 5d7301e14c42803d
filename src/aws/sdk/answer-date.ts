import type { S3Client } from '@aws-sdk/client-s3';

const dates = new WeakMap<object, Date>();

/** After this call, `dateOf` knows the time of S3's answers to GETs and PUTs of this client. */
export function rememberDates(client: S3Client): void {
  client.middlewareStack.add(
    (next, context) => {
      const { commandName } = context;
      if (commandName !== 'GetObjectCommand' && commandName !== 'PutObjectCommand') return next;
      return async (input) => {
        try {
          const answer = await next(input);
          remember(answer.output, answer.response);
          return answer;
        } catch (error) {
          remember(error, (error as { readonly $response?: unknown } | undefined)?.$response);
          throw error;
        }
      };
    },
    { step: 'deserialize', name: 'rememberDates', priority: 'high' },
  );
}

/**
 * Returns the `Date` of the answer or error: S3's clock in whole seconds. Returns `undefined` if the answer
 * has no date.
 */
export function dateOf(answer: unknown): Date | undefined {
  const metadata = metadataOf(answer);
  return metadata && dates.get(metadata);
}

function remember(answer: unknown, response: unknown): void {
  const metadata = metadataOf(answer);
  const { headers } = (response ?? {}) as { readonly headers?: Readonly<Record<string, string>> };
  const date = new Date(headers?.['date'] ?? '');
  if (metadata !== undefined && !Number.isNaN(date.getTime())) dates.set(metadata, date);
}

function metadataOf(answer: unknown): object | undefined {
  return (answer as { readonly $metadata?: object } | undefined)?.$metadata;
}
