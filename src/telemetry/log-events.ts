type Level = 'debug' | 'info' | 'warn' | 'error';

interface LogEvent {
  readonly when: string;
  readonly levels: readonly Level[];
  readonly fields: Readonly<Record<string, string>>;
}

/** On every line about a message. */
const ofMessage = {
  findingId: 'the finding, once the body has been read and where it names one',
  messageId: 'of SQS; the same on every delivery',
  attempt: 'the receive count; 1 on the first delivery',
} as const;

const err =
  'name, code and causes of the error, its stack, and its text where that cannot quote what was read';

/**
 * Every event that is logged, with its fields: what operators may build searches, metric filters and
 * alarms on. docs/logs.md is made from it, and events.ts can log nothing else.
 */
export const logEvents = {
  started: {
    when: 'the worker begins',
    levels: ['info'],
    fields: {
      concurrency: 'messages in work at the same time',
      mode: '`enforce` or `dry-run`',
      isolationBucket: 'where copies and records go',
      nodeVersion: 'of the runtime',
    },
  },
  listening: {
    when: 'health and metrics can be asked for',
    levels: ['info'],
    fields: { host: 'the address', port: 'the port' },
  },
  readiness_changed: {
    when: 'what `/readyz` answers has changed; `warn` where the worker is not ready',
    levels: ['info', 'warn'],
    fields: {
      ready: '`true` or `false`',
      failing: 'the parts that cannot be used: `queue`, `isolation-bucket`, `accepting`',
    },
  },
  shutting_down: {
    when: 'no more messages are received',
    levels: ['info'],
    fields: { cause: 'a signal, or in words' },
  },
  log_lines_dropped: {
    when: 'standard output takes lines again: a disk was full, a pipe closed or not read',
    levels: ['warn'],
    fields: { count: 'how many lines were dropped before' },
  },
  stopped: { when: 'everything is handed back and closed', levels: ['info'], fields: {} },
  message_received: {
    when: 'a message came from the queue, before its body is read',
    levels: ['debug'],
    fields: { messageId: ofMessage.messageId, attempt: ofMessage.attempt },
  },
  finding_handled: {
    when: 'a message has come to its outcome; `warn` where it is parked, once it is in the dead-letter queue',
    levels: ['info', 'warn'],
    fields: {
      ...ofMessage,
      outcome: 'see docs/metrics.md',
      reason: "the outcome's reason, or the last error's name where retries were exhausted",
      settledBy: '`delete` or `park`',
      severity: '`Low`, `Medium` or `High`',
      accountId: "the object's account",
      bucket: "the object's bucket",
      key: "the object's key",
      isolationKey: 'where the verified copy lies in the isolation bucket',
      sizeBytes: 'of an isolated object',
      rule: 'the rule of the policy that decided',
      alert: '`sent`, `failed` or `none`',
      recorded: 'whether this handling wrote the record',
      origin: '`backfill` or `replay` where the message is outside the objective',
      findingToIsolationSeconds: "from the finding's creation to the removal; only where it was isolated now",
      objectExposureSeconds: "from the object's last modification to the removal; likewise",
      durationMs: 'of this handling',
    },
  },
  handling_failed: {
    when: 'a handling failed and the message will be tried again',
    levels: ['warn'],
    fields: {
      ...ofMessage,
      code: 'of the error; `AlertFailed` where only the alert could not be sent',
      retryInSeconds: 'until the message is visible again',
      err,
    },
  },
  message_settled: {
    when: 'a message left the worker; `warn` where it is lost',
    levels: ['debug', 'warn'],
    fields: {
      ...ofMessage,
      how: '`delete`, `park`, `back-off`, `hand-back`, or `lost` where SQS no longer takes the receipt handle: the message may come again',
    },
  },
  settling_failed: {
    when: 'a message could not be settled and will come again',
    levels: ['warn'],
    fields: { ...ofMessage, how: 'what was tried', err },
  },
  visibility_not_extended: {
    when: 'a message in work could not be kept hidden: another worker may get it too',
    levels: ['warn'],
    fields: { ...ofMessage, result: '`failed`, or `lost` where it is no longer ours' },
  },
  poll_failed: {
    when: 'the queue cannot be polled; once a minute at most for each code',
    levels: ['error'],
    fields: { code: 'of the error', err },
  },
  poll_recovered: { when: 'the queue answers again', levels: ['info'], fields: {} },
  isolation_bucket_unusable: {
    when: 'the isolation bucket cannot be used; once a minute at most for each code',
    levels: ['error'],
    fields: { code: 'of the error', err },
  },
  isolation_refused: {
    when: 'bucket, key or role refused isolation several times in a row: nothing is received until a probe succeeds',
    levels: ['error'],
    fields: { code: 'of the last refusal' },
  },
  isolation_probe_failed: {
    when: 'while isolation is refused, once a minute: the probe of the isolation side failed',
    levels: ['warn'],
    fields: { code: 'of the error', err },
  },
  isolation_allowed: {
    when: 'the probe succeeded: messages are received again',
    levels: ['info'],
    fields: {},
  },
  task_protection_changed: {
    when: 'on ECS: a copy began that outlasts the stop timeout, or the last such ended; again at each renewal',
    levels: ['info'],
    fields: { protected: 'whether scale-in passes over this task' },
  },
  task_protection_failed: {
    when: 'on ECS: the agent did not protect this task, or did not stop to',
    levels: ['warn'],
    fields: { code: 'of the error', err },
  },
  aws_request_failed: {
    when: 'an AWS call failed after all retries; once a minute at most for each operation and code',
    levels: ['warn'],
    fields: { awsService: '`s3`, `sqs` or `sns`', operation: 'of the API', code: "the error's name" },
  },
} as const satisfies Record<string, LogEvent>;

export type LogEventName = keyof typeof logEvents;
export type LevelOf<Name extends LogEventName> = (typeof logEvents)[Name]['levels'][number];
/** Each documented field has to be given, be it as `undefined`, and no other can be. */
export type FieldsOf<Name extends LogEventName> = {
  readonly [Field in keyof (typeof logEvents)[Name]['fields']]: unknown;
};
