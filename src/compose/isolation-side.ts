import { hostname } from 'node:os';
import pLimit from 'p-limit';
import { createTaskProtection, withProtectedCopies } from '../aws/ecs/task-protection.ts';
import type { MacieConfirmer } from '../aws/macie/macie-confirmer.ts';
import { createControlObjects } from '../aws/s3/isolation/control-objects.ts';
import { createFenceProofs } from '../aws/s3/isolation/fence-proofs.ts';
import { createIsolationBucket, destinationIn } from '../aws/s3/isolation/isolation-bucket.ts';
import { watchIsolationBucket } from '../aws/s3/isolation/isolation-bucket-watch.ts';
import { createIsolationProbe } from '../aws/s3/isolation/isolation-probe.ts';
import { createSourceBuckets } from '../aws/s3/source/source-buckets.ts';
import { createSourceTags } from '../aws/s3/source/source-tags.ts';
import type { Clients } from '../aws/sdk/clients.ts';
import type { Config } from '../config/config.ts';
import type { AlertTopic } from '../core/alert-topic.ts';
import type { FencePorts } from '../core/fences.ts';
import type { ObjectAddress } from '../core/finding.ts';
import type { FindingsConfirmer } from '../core/findings-confirmer.ts';
import type { IsolationBucket } from '../core/isolation-bucket.ts';
import type { SourceBuckets } from '../core/source-buckets.ts';
import { isolationFaultAlert } from '../core/tell/isolation-fault-alert.ts';
import type { ControlObjects } from '../core/valve/control-objects.ts';
import type { Gate } from '../flow/gate.ts';
import { createIsolationCircuit } from '../flow/isolation-circuit.ts';
import type { Readiness } from '../http/readiness.ts';
import type { Events } from '../telemetry/events.ts';
import { alertOperators } from './alert-operators.ts';
import { isolationPlace } from './isolation-place.ts';

export interface IsolationParts {
  /** A part of the probe. Rejects if the budget cannot be written. */
  readonly probeBudget: () => Promise<void>;
  /** If absent, Macie is not asked about findings. Its probe is a part of the probe too. */
  readonly confirmer?: MacieConfirmer | undefined;
  readonly clients: Clients;
  readonly alerts: AlertTopic;
  readonly events: Events;
  readonly readiness: Readiness;
}

export interface IsolationOptions {
  /** The time between two probes during a halt. */
  readonly tryEveryMs?: number;
}

/** The source buckets, the isolation bucket, and whether objects can be isolated now. */
export interface IsolationSide {
  readonly source: SourceBuckets;
  readonly fencing: FencePorts;
  readonly bucket: IsolationBucket;
  readonly confirmer?: FindingsConfirmer;
  /** Returns the same objects. A refused call counts as an isolation fault. */
  watchedControl(objects: ControlObjects): ControlObjects;
  /** Shut during a halt. */
  readonly gate: Gate;
  /** Triggers a check of the isolation bucket, because a failure elsewhere may have its cause there. */
  suspect(): void;
  start(): void;
  stop(): void;
}

/**
 * Composes source buckets and isolation side. The part `isolation-bucket` is ready while the bucket answers
 * and the worker does not halt.
 */
export function composeIsolationSide(
  config: Config,
  { clients, alerts, confirmer, events, probeBudget, readiness }: IsolationParts,
  options: IsolationOptions,
): IsolationSide {
  const sourceClient = ({ region, accountId }: ObjectAddress) =>
    clients.s3(region ?? config.region, accountId);
  const there = isolationPlace(config);
  const rawBucket = createIsolationBucket({
    ...there,
    region: config.region,
    client: clients.s3(config.region),
    copyClientFor: ({ accountId }) => clients.s3(config.region, accountId),
    sourceClientFor: sourceClient,
    multipartThresholdBytes: config.multipartThresholdBytes,
    multipart: { partBytes: config.multipartPartBytes, limit: pLimit(config.multipartConcurrency) },
  });
  let bucketAnswers = false;
  const changed = () => {
    readiness.set('isolation-bucket', bucketAnswers && circuit.refusedBy !== 'isolation-side');
    if (confirmer) readiness.set('macie', circuit.refusedBy !== 'macie');
  };
  const probeObjects = createIsolationProbe({
    client: clients.s3(config.region),
    bucket: rawBucket,
    destination: destinationIn(there),
    accountId: config.accountId,
    worker: `${hostname()}-${process.pid}`,
  });
  const circuit = createIsolationCircuit(
    {
      opened(code, refusedBy) {
        events.haltBegan(code, refusedBy);
        changed();
      },
      closed() {
        events.haltEnded();
        changed();
      },
      alertPeople(code, refusedBy) {
        const { accountId, isolationBucket } = config;
        const alert = isolationFaultAlert({ isolationBucket, accountId, code, refusedBy });
        return alertOperators(alerts, events, alert);
      },
      probeFailed: (error) => events.probeFailed(error),
      sourceSuspected: (code, source) => events.copiesOfSourceRefused(code, source),
    },
    {
      async probe(since, refused) {
        await probeObjects(since, refused);
        await probeBudget();
        await confirmer?.probe();
      },
      ...(options.tryEveryMs !== undefined && { tryEveryMs: options.tryEveryMs }),
    },
  );
  const watch = watchIsolationBucket(clients.s3(config.region), there, (error) => {
    bucketAnswers = error === undefined;
    changed();
    if (error !== undefined) events.isolationBucketUnusable(error);
  });
  const protection = createTaskProtection({
    agentUri: config.ecsAgentUri,
    onChange: (isProtected) => events.taskProtectionChanged(isProtected),
    onFailure: (error) => events.taskProtectionFailed(error),
  });
  // The coats of the bucket, the innermost first. Each is put on once, when the worker is composed.
  const coats: readonly ((bucket: IsolationBucket) => IsolationBucket)[] = [
    // A call that fails triggers a check of the bucket.
    watch.watched,
    // A copy that may outlast the stop timeout protects the task.
    (bucket) => withProtectedCopies(bucket, protection, config.shutdownTimeoutMs),
    // Isolation faults in a row begin a halt.
    circuit.watched,
  ];

  return {
    source: createSourceBuckets({ clientFor: sourceClient, unconditionalDelete: config.unconditionalDelete }),
    fencing: {
      tags: createSourceTags(sourceClient),
      // A proof that cannot be read is no fault of the isolation side: the fence then counts as not proved.
      proofs: createFenceProofs(
        createControlObjects({
          client: clients.s3(config.region),
          bucket: config.isolationBucket,
          owner: config.accountId,
          destination: destinationIn(there),
        }),
      ),
    },
    bucket: coats.reduce((bucket, putOn) => putOn(bucket), rawBucket),
    ...(confirmer && { confirmer: circuit.watchedConfirmer(confirmer) }),
    watchedControl: (objects) => circuit.watchedControl(objects),
    gate: circuit,
    suspect: () => watch.suspect(),
    start: () => watch.start(),
    stop() {
      circuit.stop();
      watch.stop();
      protection.stop();
    },
  };
}
