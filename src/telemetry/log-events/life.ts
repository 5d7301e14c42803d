import { err, type LogEvent } from './log-event.ts';

/** The worker's life: start, readiness, protection, end. */
export const lifeLogEvents = {
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
      failing: 'the parts that are not ready: `queue`, `isolation-bucket`, `macie`, `policy`, `accepting`',
    },
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
