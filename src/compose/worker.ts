import type { DestinationStream } from 'pino';
import type { HandleMessage } from '../aws/queue/in-flight.ts';
import { createQueue } from '../aws/queue/queue.ts';
import { sampleQueues } from '../aws/queue/queue-depth.ts';
import { createClients } from '../aws/sdk/clients.ts';
import { createAlertTopic } from '../aws/sns/alerts.ts';
import type { Config } from '../config/config.ts';
import { type HandleSettings, handleFinding } from '../core/handle-finding.ts';
import type { Ports } from '../core/ports.ts';
import { allOf } from '../flow/gate.ts';
import { createPace } from '../flow/pace.ts';
import { createReadiness } from '../http/readiness.ts';
import { createServer } from '../http/server.ts';
import { createEvents } from '../telemetry/events.ts';
import { createLogWriter, type LogWriter } from '../telemetry/log-writer.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { pauseFields } from '../telemetry/valve-events.ts';
import { serviceRevision, serviceVersion } from '../version.ts';
import { composeIsolationSide } from './isolation-side.ts';
import { composePolicy, InvalidPolicyError } from './policy.ts';
import { composeValve } from './valve.ts';

export interface Worker {
  /** Starts the server, then the polling. Resolves with the port once health and metrics are served. */
  start(): Promise<{ readonly port: number }>;
  /** Drains within the shutdown timeout. A second call stops waiting for work. */
  stop(cause: string): Promise<void>;
  readonly metrics: () => Promise<string>;
}

export interface ComposeOptions {
  /** The destination of log lines; standard output if absent. */
  readonly logDestination?: DestinationStream;
  /** The time between two probes during a halt. */
  readonly tryEveryMs?: number;
  /** How often pause and budget are read; 15 s by default. */
  readonly refreshEveryMs?: number;
  /** How often the policy is read; 60 s by default. */
  readonly refreshPolicyEveryMs?: number;
}

/** The composition root. Only here and in isolation-side.ts the adapters meet. Nothing is opened before `start`. */
export function composeWorker(config: Config, options: ComposeOptions = {}): Worker {
  const metrics = createMetrics({ version: serviceVersion, revision: serviceRevision });
  const log: DestinationStream & Partial<LogWriter> =
    options.logDestination ??
    createLogWriter(process.stdout, {
      dropped: () => metrics.logLinesDropped.inc(),
      resumed: (dropped) => events.logResumed(dropped),
    });
  const logger = createLogger({ level: config.logLevel, version: serviceVersion, destination: log });
  const events = createEvents(logger, metrics);
  const readiness = createReadiness((ready, failing) => events.readinessChanged(ready, failing));
  const pace = createPace(config.concurrency, {
    isLimiting: () => queue.hasBacklog(),
    onChange(limit) {
      events.concurrencyChanged(limit);
      queue.limitChanged();
    },
  });
  const clients = createClients({
    region: config.region,
    members: config.memberRole && { role: config.memberRole, ownAccountId: config.accountId },
    endpoints: config.endpoints,
    maximumSockets: config.concurrency + config.multipartConcurrency,
    onDone: (request) => events.awsRequestDone(request),
    onS3Answer: (throttled) => pace.answered(throttled),
    onError: (failure) => events.awsRequestFailed(failure),
  });
  const alerts = createAlertTopic(clients.sns, config.alertTopicArn);
  const isolation = composeIsolationSide(
    config,
    { clients, alerts, events, probeBudget: () => valve.probe(), readiness },
    options,
  );
  const { gate: valveGate, valve } = composeValve(
    config,
    { clients, alerts, events, watched: isolation.watchedControl },
    options,
  );
  const policy = composePolicy(config, { alerts, bucket: isolation.bucket, events, readiness }, options);
  const ports: Ports = {
    sourceBuckets: isolation.source,
    isolationBucket: isolation.bucket,
    alerts,
    budget: valveGate,
    clock: () => new Date(),
    observer: {
      messageRead: (message, findingId, finding) => events.messageRead(message, findingId, finding),
      isolationBegins: (message) => events.isolationBegins(message),
      stepDone: (step, seconds) => events.stepDone(step, seconds),
      alertDone: (result) => events.alertDone(result),
    },
  };
  const settings: HandleSettings = {
    mode: config.mode,
    decide: (finding, circumstances) => policy.decide(finding, circumstances),
    parkAfterReceives: config.parkAfterReceives,
    serviceVersion,
    allowedSourceRegions: config.allowedSourceRegions,
    sourceVersions: config.sourceVersions,
  };
  const handle: HandleMessage = async (message, signal) => {
    const startedAt = performance.now();
    const handled = await handleFinding(message, ports, settings, signal);
    const seconds = (performance.now() - startedAt) / 1000;
    const { settlement, recorded } = handled;
    const count = () => events.findingHandled(message, handled, seconds);
    events.findingConcluded(message, handled);
    if (settlement.by === 'delete') count();
    // A message that is left to the redrive policy has the same outcome at each receive, so it counts only
    // once.
    const isFirst = config.deadLetterQueueUrl !== undefined || recorded || message.receiveCount === 1;
    return settlement.by === 'park' && isFirst ? { ...settlement, parked: count } : settlement;
  };
  let hasPolled = false;
  const queue = createQueue(
    clients,
    handle,
    allOf([policy, isolation.gate, valveGate]),
    {
      ...events,
      polled() {
        hasPolled = true;
        events.polled();
        readiness.set('queue', true);
      },
      pollFailed(error) {
        hasPolled = true;
        events.pollFailed(error);
        readiness.set('queue', false);
      },
      handlingFailed(message, error, retryInSeconds) {
        events.handlingFailed(message, error, retryInSeconds);
        isolation.suspect();
      },
    },
    {
      queueUrl: config.queueUrl,
      deadLetterQueueUrl: config.deadLetterQueueUrl,
      concurrency: config.concurrency,
      concurrencyLimit: () => pace.limit,
      visibilityTimeoutSeconds: config.visibilityTimeoutSeconds,
      waitTimeSeconds: config.waitTimeSeconds,
      backOff: { baseSeconds: config.backOffBaseSeconds, maxSeconds: config.backOffMaxSeconds },
      keepBody: async (body, sha256) => {
        const key = `rejected/${sha256}`;
        await ports.isolationBucket.put(key, body);
        return key;
      },
    },
  );
  const sampler = sampleQueues(
    clients.settle,
    { findings: config.queueUrl, 'dead-letter': config.deadLetterQueueUrl },
    (name, depth) => {
      events.queueSampled(name, depth);
      if (depth instanceof Error) return;
      // An empty queue answers its first long poll only after 20 s. A depth sample shows earlier that the
      // queue exists.
      if (name === 'findings' && !hasPolled) readiness.set('queue', true);
    },
  );
  const server = createServer({
    registry: metrics.registry,
    isLive: () => queue.isPolling(),
    readiness: () => ({
      ready: readiness.isReady(),
      checks: readiness.checks(),
      policy: {
        ...(policy.current && { hash: policy.current.hash }),
        ...(policy.problem !== undefined && { problem: policy.problem }),
      },
      ...(valve.closed && { paused: pauseFields(valve.closed) }),
    }),
  });
  let started: Promise<{ readonly port: number }> | undefined;
  let stopped: Promise<void> | undefined;

  const start = async (): Promise<{ readonly port: number }> => {
    // The checks run while the server starts. No message is received before the server listens.
    // An invalid policy ends the start: a restart would find it again.
    if ((await policy.start()) === 'invalid') throw new InvalidPolicyError(policy.problem ?? '');
    isolation.start();
    valveGate.start();
    sampler.start();
    const { port } = await server.listen({ host: config.host, port: config.port });
    if (stopped) return { port };
    const { concurrency, mode, isolationBucket, workersExpected } = config;
    events.started({ concurrency, mode, isolationBucket, workersExpected });
    events.listening({ host: config.host, port });
    readiness.set('accepting', true);
    queue.start();
    return { port };
  };
  const stop = async (cause: string): Promise<void> => {
    events.shuttingDown(cause);
    readiness.set('accepting', false);
    await started?.catch(() => undefined);
    await queue.drain(config.shutdownTimeoutMs);
    sampler.stop();
    policy.stop();
    await valveGate.stop();
    isolation.stop();
    await server.close();
    clients.destroy();
    events.stopped();
    await log.flush?.();
  };

  return {
    start() {
      started ??= start();
      return started;
    },
    stop(cause) {
      if (stopped) queue.hurry();
      stopped ??= stop(cause);
      return stopped;
    },
    metrics: () => metrics.registry.metrics(),
  };
}
