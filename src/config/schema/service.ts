import * as z from 'zod';
import { integer } from '../setting-types.ts';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** The settings of the process: its server, its log, its end. */
export const serviceSettings = {
  HOST: z
    .string()
    .regex(/^[\w.:%-]{1,255}$/, 'must be an address or the name of a host')
    .prefault('0.0.0.0')
    .meta({
      group: 'Service',
      description: 'Address on which the worker serves /livez, /readyz and /metrics.',
    }),
  PORT: integer(0, 65_535).prefault('8080').meta({
    group: 'Service',
    description: 'Port on which the worker serves /livez, /readyz and /metrics; 0 chooses any free port.',
  }),
  WORKERS_EXPECTED: integer(1, 10_000).prefault('1').meta({
    group: 'Service',
    description:
      'How many workers run at least, all of them together. Fewer than that raise an alert; otherwise it changes nothing.',
  }),
  FENCED_BUCKETS: z
    .string()
    .regex(
      /^(?:\d{12}\/)?[A-Za-z0-9][\w.-]{1,253}[A-Za-z0-9](?:,(?:\d{12}\/)?[A-Za-z0-9][\w.-]{1,253}[A-Za-z0-9])*$/,
      'must be names of buckets with commas between, such as lake-raw,222233334444/lake-hr',
    )
    .transform((list) => list.split(','))
    .optional()
    .meta({
      group: 'Isolation',
      description:
        'The buckets whose fences `fence check --all` proves, separated by commas; a bucket of another account as 222233334444/name. Workers do not read it.',
    }),
  LOG_LEVEL: z
    .enum(logLevels, `must be one of ${logLevels.join(', ')}`)
    .prefault('info')
    .meta({ group: 'Service', description: `The lowest level that is logged: ${logLevels.join(', ')}.` }),
  SHUTDOWN_TIMEOUT_MS: integer(1_000, 115_000).prefault('100000').meta({
    group: 'Service',
    description:
      'How long work may continue after SIGTERM before its messages are handed back. Keep the value below the stop timeout of the container.',
  }),
};
