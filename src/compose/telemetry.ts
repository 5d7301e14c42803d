import type { DestinationStream } from 'pino';
import type { Config } from '../config/config.ts';
import { createEvents, type Events } from '../telemetry/events.ts';
import { createLogWriter, type LogWriter } from '../telemetry/log-writer.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { serviceRevision, serviceVersion } from '../version.ts';

export interface Telemetry {
  readonly metrics: Metrics;
  readonly events: Events;
  /** Resolves once standard output has taken all log lines. */
  flush(): Promise<void>;
}

/** Composes metrics and events. Log lines go to standard output if no destination is given. */
export function composeTelemetry(config: Config, logDestination: DestinationStream | undefined): Telemetry {
  const metrics = createMetrics({ version: serviceVersion, revision: serviceRevision });
  const destination: DestinationStream & Partial<LogWriter> =
    logDestination ??
    createLogWriter(process.stdout, {
      dropped: () => metrics.logLinesDropped.inc(),
      resumed: (dropped) => events.logResumed(dropped),
    });
  const logger = createLogger({
    level: config.logLevel,
    version: serviceVersion,
    destination,
    ecsAgentUri: config.ecsAgentUri,
  });
  const events = createEvents(logger, metrics);

  return {
    metrics,
    events,
    async flush() {
      await destination.flush?.();
    },
  };
}
