import { type DestinationStream, type Logger, pino } from 'pino';

export interface LoggerOptions {
  readonly level: string;
  readonly version: string;
  /** Absent: standard output. */
  readonly destination?: DestinationStream | undefined;
}

/**
 * JSON lines on standard output. What could carry a message's body or a request is taken out here once
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
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

interface ErrorDescription {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: ErrorDescription;
}

/** Name, code, text and cause, three deep: nothing else of an error is known to be harmless. */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error))
    return { name: 'UnknownError', message: 'something that is no Error was thrown' };
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    ...(typeof code === 'string' && { code }),
    message: error.message,
    ...(depth === 0 && error.stack !== undefined && { stack: error.stack }),
    ...(error.cause !== undefined && depth < 3 && { cause: describeError(error.cause, depth + 1) }),
  };
}
