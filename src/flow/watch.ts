import { errorCode, IsolationFaultError } from '../core/errors.ts';
import type { ObjectAddress } from '../core/finding.ts';
import type { FindingsConfirmer } from '../core/findings-confirmer.ts';
import type { BucketCall, IsolationBucket } from '../core/isolation-bucket.ts';
import type { ControlObjects } from '../core/valve/control-objects.ts';
import { type Need, needOf } from './refusals.ts';

/** A call whose isolation faults are counted. */
export interface Watched {
  readonly need: Need;
  /** Distinguishes single bad objects. */
  readonly key: string;
  /** Absent for a question to Macie. */
  readonly made?: BucketCall;
  /** Of a copy. */
  readonly source?: ObjectAddress;
}

const watchedAs =
  (call: BucketCall['call']) =>
  (key: string): Watched => {
    const made = { call, key };
    return { need: needOf(made), key, made };
  };

/** Coats that tell of each call how it ended. */
export interface Watch {
  /** Returns the same bucket. Its isolation faults are told. */
  watched(bucket: IsolationBucket): IsolationBucket;
  /** Returns the same objects. Their isolation faults are told too. */
  watchedControl(objects: ControlObjects): ControlObjects;
  /** Returns the same confirmer. A call that Macie refuses is told as an isolation fault. */
  watchedConfirmer(confirmer: FindingsConfirmer): FindingsConfirmer;
}

export interface WatchEvents {
  /** `code` is that of the isolation fault. */
  refused(call: Watched, code: string): void;
  wentWell(need: Need): void;
}

/** Makes coats for a bucket, for control objects and for the questions to Macie. */
export function createWatch({ refused, wentWell }: WatchEvents): Watch {
  const watch =
    <Arguments extends unknown[], Answer>(
      call: (...input: Arguments) => Promise<Answer>,
      watched: (...input: Arguments) => Watched,
      isProof: (answer: Answer) => boolean = () => true,
    ) =>
    async (...input: Arguments): Promise<Answer> => {
      const about = watched(...input);
      try {
        const answer = await call(...input);
        if (isProof(answer)) wentWell(about.need);
        return answer;
      } catch (error) {
        if (error instanceof IsolationFaultError) refused(about, errorCode(error));
        throw error;
      }
    };
  let controlCalls = 0;

  return {
    watched: (bucket) => ({
      ...bucket,
      // An object that existed was not written, so it does not show that a write is possible.
      copy: watch(
        bucket.copy,
        ({ from, isolationKey }) => ({ ...watchedAs('copy')(isolationKey), source: from }),
        ({ kind }) => kind === 'copied',
      ),
      put: watch(bucket.put, watchedAs('put'), (answer) => answer === 'written'),
      head: watch(bucket.head, watchedAs('read')),
      get: watch(bucket.get, watchedAs('read')),
      list: watch(bucket.list, watchedAs('list')),
      hash: watch(bucket.hash, watchedAs('read')),
    }),
    watchedControl({ read, write }) {
      // No message chose these keys, so none of them can be a single bad object.
      const distinct = (about: Watched): Watched => ({
        ...about,
        key: `control call ${(controlCalls += 1)}`,
      });
      return {
        read: watch(read, (key) => distinct(watchedAs('read')(key))),
        write: watch(
          write,
          (key) => distinct(watchedAs('put')(key)),
          ({ kind }) => kind === 'written',
        ),
      };
    },
    watchedConfirmer: ({ find }) => ({ find: watch(find, (id) => ({ need: 'confirm', key: id })) }),
  };
}
