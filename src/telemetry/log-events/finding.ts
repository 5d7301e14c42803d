import { err, type LogEvent, ofMessage } from './log-event.ts';

/** The handling of a finding. */
export const findingLogEvents = {
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
      contained:
        '`true` if a proved fence contains the data: no other version and no replica may hold the same bytes; else absent',
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
  digest_sent: {
    when: 'a digest was sent, which sums up alerts',
    levels: ['info'],
    fields: { findings: 'how many findings it sums up' },
  },
  digest_given_up: {
    when: 'the digest of held findings was given up after five tries: nobody was told of them, though their records say `folded`',
    levels: ['error'],
    fields: { findingIds: 'the ids of the findings; at most 100 in a line' },
  },
  finding_unfinished: {
    when: 'a finding of this severity that this worker has in work or has backed off is older than five minutes; once a minute, so that an alarm stands as long as it does; `error` for a High finding that is older than ten minutes. Backfills, requests of operators and replays are left out',
    levels: ['warn', 'error'],
    fields: {
      severity: '`Low`, `Medium`, `High` or `None`',
      ageSeconds: 'age of the oldest such finding, from its creation',
    },
  },
  handling_failed: {
    when: 'a handling failed, and the message will be delivered again',
    levels: ['warn'],
    fields: {
      ...ofMessage,
      step: 'the step that failed: `confirm`, `identify`, `copy`, `verify`, `fence`, `delete`, `alert`, `record` or `event`; absent if none had begun',
      code: 'error code; `AlertFailed` if only the alert could not be sent',
      retryInSeconds: 'seconds until the message is visible again',
      err,
    },
  },
} as const satisfies Record<string, LogEvent>;
