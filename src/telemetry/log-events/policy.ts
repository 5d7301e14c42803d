import type { LogEvent } from './log-event.ts';

/** The policy in force. */
export const policyLogEvents = {
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
    when: 'the source holds another text that is no valid policy; the policy before stays in force. Logged once a minute while the source holds that text, so that an alarm stands as long',
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
} as const satisfies Record<string, LogEvent>;
