import { type LogEvent, ofMessage } from './log-event.ts';

/** Macie's confirmation of findings. */
export const confirmationLogEvents = {
  confirmation_off: {
    when: 'the worker starts on AWS with `CONFIRM_FINDINGS=never`: it believes whoever can put a finding on the queue',
    levels: ['warn'],
    fields: {},
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
} as const satisfies Record<string, LogEvent>;
