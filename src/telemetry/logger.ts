import { type DestinationStream, type Logger, pino } from 'pino';
import { describeError } from '../core/describe-error.ts';

export interface LoggerOptions {
  readonly level: string;
  readonly version: string;
  readonly destination: DestinationStream;
}

/**
 * JSON lines. What could carry a message's body or a request is taken out here once
 * more, although no event passes it: errors of the SDK hang whole answers on themselves.
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
