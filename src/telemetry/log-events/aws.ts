import { type LogEvent, repeated } from './log-event.ts';

/** Calls to AWS, and the places that slow them. */
export const awsLogEvents = {
  place_slowed: {
    when: 'calls to an account or bucket fail or are slow, and few of its messages are in work at a time until it recovers',
    levels: ['warn'],
    fields: { accountId: 'the account', bucket: 'the bucket; absent if the whole account is slowed' },
  },
  place_recovered: {
    when: 'calls to a slowed account or bucket go well again, or an hour has passed without one',
    levels: ['info'],
    fields: { accountId: 'the account', bucket: 'the bucket; absent if the whole account was slowed' },
  },
  aws_request_failed: {
    when: 'an AWS call failed after all retries; logged once a minute at most for each operation and code',
    levels: ['warn'],
    fields: {
      awsService: '`s3`, `sqs`, `sns`, `ssm`, `sts`, `eventbridge` or `macie2`',
      operation: 'operation of the API',
      code: 'error code',
      requestId: 'id of the request, which the support of AWS asks for; absent if there was no answer',
      repeated,
    },
  },
} as const satisfies Record<string, LogEvent>;
