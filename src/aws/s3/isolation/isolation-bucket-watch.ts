import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import type { IsolationBucket } from '../../../core/isolation-bucket.ts';
import { retryable } from '../../sdk/aws-errors.ts';

export interface BucketWatch {
  /** Returns the same bucket. A call that fails triggers a check. */
  watched(bucket: IsolationBucket): IsolationBucket;
  /** Triggers a check because another call failed, which may have the same cause. */
  suspect(): void;
  start(): void;
  stop(): void;
}

/**
 * Watches whether the isolation bucket can be used, without calls of its own while all calls succeed. The
 * bucket is checked at the start, and after a call has failed until it answers again. `onChecked` gets each
 * result: the error, or `undefined` if the bucket can be used.
 */
export function watchIsolationBucket(
  client: S3Client,
  { name, owner }: { readonly name: string; readonly owner: string },
  onChecked: (error: unknown) => void,
  pauseMs = 5_000,
): BucketWatch {
  let timer: NodeJS.Timeout | undefined;
  let checking = false;
  let stopped = true;

  const check = async (): Promise<void> => {
    if (checking || stopped) return;
    clearTimeout(timer);
    checking = true;
    const error: unknown = await client
      .send(new HeadBucketCommand({ Bucket: name, ExpectedBucketOwner: owner }), {
        abortSignal: AbortSignal.timeout(5_000),
      })
      .then(() => undefined)
      .catch((failure: unknown) => retryable(failure, `HeadBucket of ${name}`));
    checking = false;
    if (stopped) return;
    onChecked(error);
    if (error !== undefined) timer = setTimeout(() => void check(), pauseMs).unref();
  };

  const watch =
    <Arguments extends unknown[], Answer>(call: (...input: Arguments) => Promise<Answer>) =>
    async (...input: Arguments): Promise<Answer> => {
      try {
        return await call(...input);
      } catch (error) {
        void check();
        throw error;
      }
    };

  return {
    watched: (bucket) => ({
      ...bucket,
      copy: watch(bucket.copy),
      head: watch(bucket.head),
      hash: watch(bucket.hash),
      put: watch(bucket.put),
      get: watch(bucket.get),
    }),
    suspect: () => void check(),
    start() {
      stopped = false;
      void check();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
