import { hostname } from 'node:os';
import { type DestinationStream, type Logger, pino } from 'pino';
import { describeError } from '../core/describe-error.ts';

export interface LoggerOptions {
  readonly level: string;
  readonly version: string;
  readonly destination: DestinationStream;
  /** On ECS: the address of the agent, which names the task. */
  readonly ecsAgentUri?: string | undefined;
}

/** On every line: what runs, and where. `worker` is also the name under which a worker probes the isolation side. */
export function lineBase({
  version,
  ecsAgentUri = '',
}: {
  readonly version: string;
  readonly ecsAgentUri?: string | undefined;
}) {
  const [, task] = /\/([0-9a-f]{32})-\d+$/.exec(ecsAgentUri) ?? [];
  return {
    service: 'macie-isolator',
    version,
    worker: `${hostname()}-${process.pid}`,
    ...(task !== undefined && { task }),
  };
}

/**
 * Writes JSON lines. Fields that could hold the body of a message or a request are removed here once more,
 * although no event passes them, because errors of the SDK carry whole answers.
 */
export function createLogger({ level, version, destination, ecsAgentUri }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: lineBase({ version, ecsAgentUri }),
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
