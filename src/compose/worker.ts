import type { DestinationStream } from 'pino';
import { createAlertTopic } from '../aws/sns/alerts.ts';
import type { Config } from '../config/config.ts';
import { allOf } from '../flow/gate.ts';
import { createReadiness } from '../http/readiness.ts';
import { composeBulkheads } from './bulkheads.ts';
import { composeClients } from './clients.ts';
import { loadConfirmer } from './confirmer.ts';
import { composeDigests } from './digests.ts';
import { composeIsolationSide } from './isolation-side.ts';
import { composeMessageHandler } from './message-handler.ts';
import { composeOutcomeBus } from './outcome-bus.ts';
import { composePolicy, InvalidPolicyError } from './policy.ts';
import { composeQueue } from './queue.ts';
import { composeServer } from './server.ts';
import { composeTelemetry } from './telemetry.ts';
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
  /** How often a digest of alerts is sent; 60 s by default. */
  readonly digestEveryMs?: number;
  /** How often the policy is read; 60 s by default. */
  readonly refreshPolicyEveryMs?: number;
}

/** The composition root: only in this folder the adapters meet. Nothing is opened before `start`. */
export function composeWorker(config: Config, options: ComposeOptions = {}): Worker {
  const { events, flush, metrics } = composeTelemetry(config, options.logDestination);
  const readiness = createReadiness((ready, failing) => events.readinessChanged(ready, failing));
  const bulkheads = composeBulkheads(config, events, () => queue.limitChanged());
  const clients = composeClients(config, events, {
    called: bulkheads.called,
    // The throttling of a slowed place is its own, and does not narrow the work of others.
    answered(throttled, place) {
      if (!bulkheads.isSlowed(place)) pace.answered(throttled);
    },
  });
  const alerts = createAlertTopic(clients.sns, config.alertTopicArn);
  const digests = composeDigests(config, { alerts, events }, options);
  const isolation = composeIsolationSide(
    config,
    {
      clients,
      alerts,
      confirmer: config.confirmFindings === 'macie' ? loadConfirmer(clients) : undefined,
      events,
      probeBudget: () => allowances.probe(),
      readiness,
    },
    options,
  );
  const allowances = composeValve(
    config,
    {
      clients,
      alerts,
      events,
      watched: isolation.watchedControl,
      // While no message comes, no other call would show that the bucket is away.
      unreadable: () => isolation.suspect(),
    },
    options,
  );
  const { gate: valveGate, limits, valve } = allowances;
  const policy = composePolicy(
    config,
    { alerts, bucket: isolation.bucket, clients, events, readiness },
    options,
  );
  const outcomeBus = composeOutcomeBus(clients, config.outcomeBusArn);
  const { pace, queue, sampler } = composeQueue(config, {
    clients,
    handle: composeMessageHandler(config, events, {
      sourceBuckets: isolation.source,
      fencing: isolation.fencing,
      isolationBucket: isolation.bucket,
      alerts,
      digests,
      budget: valveGate,
      sourceRoom: bulkheads,
      ...(outcomeBus && { outcomeBus }),
      limits,
      ...(isolation.confirmer && { confirmer: isolation.confirmer }),
      decide: (finding, circumstances) => policy.decide(finding, circumstances),
    }),
    slotsBesides: bulkheads.held,
    gate: allOf([policy, isolation.gate, valveGate]),
    isolationBucket: isolation.bucket,
    handlingFailed: () => isolation.suspect(),
    events,
    readiness,
  });
  const { registry } = metrics;
  const server = composeServer({ registry, isLive: () => queue.isPolling(), readiness, policy, valve });
  let started: Promise<{ readonly port: number }> | undefined;
  let stopped: Promise<void> | undefined;
  let reminding: NodeJS.Timeout | undefined;

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
    // A stand-in for AWS has no Macie that could be asked.
    if (config.confirmFindings === 'never' && config.endpoints.macie2 === undefined)
      events.confirmationIsOff();
    reminding = setInterval(() => events.remind(), 60_000).unref();
    readiness.set('accepting', true);
    queue.start();
    return { port };
  };
  const stop = async (cause: string): Promise<void> => {
    events.shuttingDown(cause);
    readiness.set('accepting', false);
    // The start waits for the first read of the policy.
    policy.stop();
    await started?.catch(() => undefined);
    // The messages of a digest wait outside their slots until it is sent.
    void digests.hurry();
    await queue.drain(config.shutdownTimeoutMs);
    await digests.hurry();
    clearInterval(reminding);
    sampler.stop();
    await allowances.stop();
    isolation.stop();
    bulkheads.stop();
    await server.close();
    clients.destroy();
    events.stopped();
    await flush();
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
    metrics: () => registry.metrics(),
  };
}
