import { err, type LogEvent, repeated } from './log-event.ts';

/** The isolation side, halts, and copies that are refused. */
export const isolationSideLogEvents = {
  isolation_bucket_unusable: {
    when: 'the isolation bucket cannot be used; logged once a minute at most for each code',
    levels: ['error'],
    fields: { code: 'error code', repeated, err },
  },
  isolation_refused: {
    when: 'a halt begins: bucket, key or role of the isolation side, or Macie, refused several calls in a row, and no message is received until a probe succeeds',
    levels: ['error'],
    fields: {
      code: 'error code of the last call',
      refusedBy: '`isolation-side`, or `macie` if Macie refuses to confirm findings',
    },
  },
  isolation_probe_failed: {
    when: 'a probe of the isolation side and of Macie failed during a halt; there is one probe a minute',
    levels: ['warn'],
    fields: { code: 'error code', err },
  },
  isolation_allowed: {
    when: 'a halt ends: the probe succeeded, and messages are received again',
    levels: ['info'],
    fields: {},
  },
  copies_refused: {
    when: 'several copies in a row were refused, but a probe of the isolation side succeeded: the source bucket or its account is at fault, and the others go on; at most once in five minutes',
    levels: ['warn'],
    fields: {
      code: 'error code of the last copy',
      accountId: 'account of its source',
      bucket: 'bucket of its source',
    },
  },
} as const satisfies Record<string, LogEvent>;
