type Level = 'debug' | 'info' | 'warn' | 'error';

interface LogEvent {
  readonly when: string;
  readonly levels: readonly Level[];
  readonly fields: Readonly<Record<string, string>>;
}

/** The fields of every line about a message. */
const ofMessage = {
  findingId: 'id of the finding, once the body has been read and if the body names a finding',
  messageId: 'id of the message in SQS; the same on every delivery',
  attempt: 'the receive count of the message; 1 on the first delivery',
  severity: '`Low`, `Medium` or `High`, once the body has been read',
  bucket: "the object's bucket, once the body has been read",
  key: "the object's key, once the body has been read",
  isolated:
    '`yes` or `no`: whether the flagged bytes are out of reach; `unknown` if an earlier delivery may have removed them',
} as const;

/** The fields of every line about a fence. */
const ofFenced = {
  findingId: 'id of the finding',
  accountId: "the object's account",
  bucket: "the object's bucket",
  key: "the object's key",
} as const;

const repeated = 'how many such lines were held back since the last one';
const err = 'name, code, causes and stack of the error, and its text if the text cannot quote a body';

/**
 * Every event that is logged, with its fields. Operators build searches, metric filters and alarms on them.
 * docs/logs.md is generated from this catalogue, and events.ts can log nothing else.
 */
export const logEvents = {
  started: {
    when: 'the worker starts',
    levels: ['info'],
    fields: {
      concurrency: 'how many messages may be in work at the same time',
      mode: '`enforce` or `dry-run`',
      isolationBucket: 'the bucket for copies and records',
      workersExpected: 'the least number of workers that run',
      nodeVersion: 'version of Node',
    },
  },
  place_slowed: {
    when: 'calls to an account or bucket fail or are slow, and few of its messages are in work at a time until it recovers',
    levels: ['warn'],
    fields: { accountId: 'the account', bucket: 'the bucket; absent if the whole account is slowed' },
  },
  place_recovered: {
    when: 'calls to a slowed account or bucket go well again',
    levels: ['info'],
    fields: { accountId: 'the account', bucket: 'the bucket; absent if the whole account was slowed' },
  },
  listening: {
    when: 'the worker serves health and metrics',
    levels: ['info'],
    fields: { host: 'the address', port: 'the port' },
  },
  readiness_changed: {
    when: 'the answer of `/readyz` has changed; `warn` if the worker is not ready',
    levels: ['info', 'warn'],
    fields: {
      ready: '`true` or `false`',
      failing: 'the parts that are not ready: `queue`, `isolation-bucket`, `macie`, `accepting`',
    },
  },
  policy_taken_up: {
    when: 'from now on this policy decides',
    levels: ['info'],
    fields: {
      policy: 'the hash of the policy',
      source: 'the value of `POLICY_FILE`, or `POLICY` or `built-in`',
      policyVersion: 'the version that S3 or SSM gives to the text; absent for a file',
      rules: 'the number of rules',
    },
  },
  policy_rejected: {
    when: 'the source holds another text that is no valid policy; the policy before stays in force',
    levels: ['error'],
    fields: { problem: 'the problems with line and column' },
  },
  policy_unreadable: {
    when: 'the source of the policy cannot be read; once a minute at most',
    levels: ['warn'],
    fields: { problem: 'the source and the error code' },
  },
  policy_readable_again: {
    when: 'the source can be read again and holds the policy in force',
    levels: ['info'],
    fields: {},
  },
  policy_exception_ends: {
    when: 'an exception of the policy ends within a week; once an hour',
    levels: ['warn'],
    fields: {
      exception: 'the entry of `never`',
      endsInSeconds: 'how long it still applies',
    },
  },
  confirmation_off: {
    when: 'the worker starts on AWS with `CONFIRM_FINDINGS=never`: it believes whoever can put a finding on the queue',
    levels: ['warn'],
    fields: {},
  },
  paused: {
    when: 'nothing is received from now on; `error` where no person has said so',
    levels: ['warn', 'error'],
    fields: {
      by: '`person`, `budget` (it is spent) or `unknown` (pause or budget cannot be read or understood)',
      reason: 'as the person gave it, or the sentence that says how to mend it',
      since: 'by S3’s clock, where it is known',
    },
  },
  still_paused: {
    when: 'the pause goes on; once a minute, so that an alarm stands as long as the pause does',
    levels: ['warn'],
    fields: { by: 'as of `paused`', reason: 'as of `paused`' },
  },
  resumed: { when: 'messages are received again', levels: ['info'], fields: {} },
  budget_low: {
    when: 'less than a fifth of the budget of this hour is left; once a minute at most',
    levels: ['warn'],
    fields: {
      remaining: 'how many isolations no worker has leased',
      budget: 'how many isolations the hour allows',
    },
  },
  valve_unreadable: {
    when: 'pause and budget could not be read: the last known state holds; once a minute at most',
    levels: ['warn'],
    fields: { err },
  },
  shutting_down: {
    when: 'the worker stops receiving messages',
    levels: ['info'],
    fields: { cause: 'name of the signal, or the cause in words' },
  },
  log_lines_dropped: {
    when: 'standard output accepts lines again, after a full disk or a pipe that nobody read',
    levels: ['warn'],
    fields: { count: 'how many lines were dropped' },
  },
  stopped: {
    when: 'all messages are settled or handed back, and all connections are closed',
    levels: ['info'],
    fields: {},
  },
  message_received: {
    when: 'a message was received; its body has not been read yet',
    levels: ['debug'],
    fields: { messageId: ofMessage.messageId, attempt: ofMessage.attempt },
  },
  finding_handled: {
    when: 'a message has its outcome, and is in the dead-letter queue if it was parked; `error` if the data can or may still be read or if nobody was told, else `warn` if the message was parked',
    levels: ['info', 'warn', 'error'],
    fields: {
      ...ofMessage,
      outcome: 'the outcome; see docs/metrics.md',
      reason: "the outcome's reason, or the last error code if retries were exhausted",
      settledBy: '`delete` or `park`',
      accountId: "the object's account",
      isolationKey: 'key of the verified copy in the isolation bucket',
      sizeBytes: 'size of the isolated object',
      rule: 'the rule of the policy that chose the action',
      policy: 'the hash of the policy',
      exception: 'the entry of `never` that made an alert of it',
      fence:
        'the fence of an object that stays: `fenced`, `tagged`, `open` or `no-room`; absent if none was tried',
      alert: '`sent`, `folded`, `failed` or `none`',
      recorded: 'whether this handling wrote the record',
      origin: '`backfill`, `manual` or `replay` if the message is outside the objective',
      findingToIsolationSeconds:
        'time from the creation of the finding to the removal; only if this handling isolated the object',
      objectExposureSeconds:
        'time from the last modification of the object to the removal; only if this handling isolated the object',
      durationMs: 'duration of this handling',
    },
  },
  fence_tried: {
    when: 'the worker put the tag of the fence on a flagged version, or could not; `warn` if the version has no fence',
    levels: ['info', 'warn'],
    fields: {
      ...ofFenced,
      fence:
        '`fenced`: reading what has the tag is proved to be denied; `tagged`: that is not proved; `open`: the tag was refused; `no-room`: the version has ten other tags',
    },
  },
  fence_hit_other: {
    when: 'the tag of the fence hit bytes that were put at that moment in place of the flagged ones, and was taken away; only without versioning',
    levels: ['warn'],
    fields: {
      ...ofFenced,
      versionId: 'the version that was hit; `null` without versioning',
      tags: 'as JSON, the tags of the flagged object, which the other bytes have now in place of their own; absent if an earlier delivery knew them',
    },
  },
  finding_unfinished: {
    when: 'a finding of this severity that this worker has in work or has backed off is older than five minutes; once a minute, so that an alarm stands as long as it does; `error` for a High finding that is older than ten minutes. Backfills and replays are left out',
    levels: ['warn', 'error'],
    fields: {
      severity: '`Low`, `Medium`, `High` or `None`',
      ageSeconds: 'age of the oldest such finding, from its creation',
    },
  },
  finding_not_confirmed: {
    when: 'Macie was asked and does not confirm the finding, which ends as `rejected: not-confirmed` unless an earlier delivery began it; only with `CONFIRM_FINDINGS=macie`',
    levels: ['warn'],
    fields: {
      ...ofMessage,
      why: '`differs`: Macie has another finding under this id; `unknown`: Macie does not know it; `expired`: Macie does not know it, and it is older than 90 days',
      differing:
        'with `differs`, the fields that differ: `id`, `type`, `severity`, `account`, `bucket`, `key`, `version`, `ETag`; `kind` if Macie has no finding about an object',
    },
  },
  handling_failed: {
    when: 'a handling failed, and the message will be delivered again',
    levels: ['warn'],
    fields: {
      ...ofMessage,
      step: 'the step that failed: `identify`, `copy`, `verify`, `delete`, `alert` or `record`; absent if none had begun',
      code: 'error code; `AlertFailed` if only the alert could not be sent',
      retryInSeconds: 'seconds until the message is visible again',
      err,
    },
  },
  message_settled: {
    when: 'a message was settled; `warn` if it is lost',
    levels: ['debug', 'warn'],
    fields: {
      ...ofMessage,
      how: '`delete`, `park`, `back-off`, `hand-back`, or `lost` if SQS no longer accepts the receipt handle, so that the message may be delivered again',
    },
  },
  settling_failed: {
    when: 'a message could not be settled and will be delivered again',
    levels: ['warn'],
    fields: { ...ofMessage, how: 'the settlement that failed', err },
  },
  visibility_not_extended: {
    when: 'the visibility timeout of a message in work could not be extended, so another worker may get the message too',
    levels: ['warn'],
    fields: { ...ofMessage, result: '`failed`, or `lost` if SQS no longer accepts the receipt handle' },
  },
  poll_failed: {
    when: 'a poll of the queue failed; logged once a minute at most for each code; `error` if polls have failed for a minute',
    levels: ['warn', 'error'],
    fields: { code: 'error code', repeated, err },
  },
  queue_not_sampled: {
    when: 'a queue did not say how many messages it holds',
    levels: ['warn'],
    fields: { queue: '`findings` or `dead-letter`', code: 'code of the error', err },
  },
  poll_recovered: { when: 'the queue answers again', levels: ['info'], fields: {} },
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
  copies_refused: {
    when: 'several copies in a row were refused, but a probe of the isolation side succeeded: the source bucket or its account is at fault, and the others go on; at most once in five minutes',
    levels: ['warn'],
    fields: {
      code: 'error code of the last copy',
      accountId: 'account of its source',
      bucket: 'bucket of its source',
    },
  },
  isolation_allowed: {
    when: 'a halt ends: the probe succeeded, and messages are received again',
    levels: ['info'],
    fields: {},
  },
  task_protection_changed: {
    when: 'on ECS: a copy began that may take longer than the stop timeout, or the last such copy ended; also logged at each renewal',
    levels: ['info'],
    fields: { protected: 'whether this task is protected from scale-in' },
  },
  task_protection_failed: {
    when: 'on ECS: the agent did not change the protection of this task',
    levels: ['warn'],
    fields: { code: 'error code', err },
  },
  aws_request_failed: {
    when: 'an AWS call failed after all retries; logged once a minute at most for each operation and code',
    levels: ['warn'],
    fields: {
      awsService: '`s3`, `sqs`, `sns`, `sts` or `macie2`',
      operation: 'operation of the API',
      code: 'error code',
      requestId: 'id of the request, which the support of AWS asks for; absent if there was no answer',
      repeated,
    },
  },
  cannot_start: {
    when: 'the worker cannot start; one line on standard error for each problem; exit code 78 if a setting is wrong',
    levels: ['error'],
    fields: { problem: 'what has to be corrected' },
  },
  uncaught_error: {
    when: 'an error that nothing caught stops the worker; on standard error',
    levels: ['error'],
    fields: { err },
  },
} as const satisfies Record<string, LogEvent>;

export type LogEventName = keyof typeof logEvents;
export type LevelOf<Name extends LogEventName> = (typeof logEvents)[Name]['levels'][number];
/** A caller must give each documented field, if only as `undefined`, and can give no other field. */
export type FieldsOf<Name extends LogEventName> = {
  readonly [Field in keyof (typeof logEvents)[Name]['fields']]: unknown;
};
