import { type DestinationStream, type Logger, pino } from 'pino';
import { describeError } from '../core/describe-error.ts';

export interface LoggerOptions {
  readonly level: string;
  readonly version: string;
  readonly destination: DestinationStream;
}

/**
 * Writes JSON lines. Fields that could hold the body of a message or a request are removed here once more,
 * although no event passes them, because errors of the SDK carry whole answers.
 */
export function createLogger({ level, version, destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service: 'macie-isolator', version },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      redact: {
        paths: ['body', '*.body', 'Body', '*.Body', '*.headers', 'credentials', '*.credentials'],
        remove: true,
      },
    },
    destination,
  );
}
