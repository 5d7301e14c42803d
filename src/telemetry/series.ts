import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { callBuckets, exposureBuckets, handlingBuckets, receiveBuckets } from './buckets.ts';

export type Series = ReturnType<typeof createSeries>;

/**
 * Every series of the worker. No bucket, key, account or finding id is ever a label: they lead to personal
 * data, and their number has no bound. Each scrape calls `onScrape` before anything is read.
 */
export function createSeries(registry: Registry, onScrape: () => void) {
  const registers = [registry];
  const counter = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name: `isolator_${name}`, help, labelNames, registers });
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name: `isolator_${name}`, help, labelNames, registers });
  const histogram = <Label extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[] = [],
  ) => new Histogram({ name: `isolator_${name}`, help, buckets, labelNames, registers });

  return {
    // This gauge comes first, because its scrape updates values of the metrics after it.
    oldestUnfinished: new Gauge({
      name: 'isolator_oldest_unfinished_finding_timestamp_seconds',
      help: 'Earliest creation time of the findings that this worker has in work or has backed off. Absent where there is none. Backfills, requests of operators and replays are left out.',
      labelNames: ['severity'],
      registers,
      collect: onScrape,
    }),
    findingsRetried: gauge(
      'findings_retried',
      'Findings that this worker has in work or has backed off and that were received more than five times.',
    ),
    isolations: counter('isolations_total', 'Handled messages by outcome and reason.', ['outcome', 'reason']),
    isolationDuration: histogram(
      'isolation_duration_seconds',
      'Duration of a handling, from receive to outcome.',
      handlingBuckets,
      ['outcome'],
    ),
    stepDuration: histogram('step_duration_seconds', 'Duration of a step of a handling.', handlingBuckets, [
      'step',
    ]),
    confirmations: counter(
      'confirmations_total',
      'Questions to Macie about findings, by result: confirmed; not-known-yet and failed, after which the message comes again; differs, unknown and expired, which are not confirmed.',
      ['result'],
    ),
    findingToIsolation: histogram(
      'finding_to_isolation_seconds',
      'Time from the creation of the finding to the removal of the object, which the objective counts. Backfills, requests of operators and replays are left out.',
      exposureBuckets,
      ['severity'],
    ),
    findingsNotIsolated: counter(
      'findings_not_isolated_total',
      'Findings that missed the objective. Each counts once: when it turns five minutes old in the hands of a worker, at its first receive if it is older by then, or at its end if it ends as retained, refused or held and the data can or may still be read, or is isolated late. A worker counts a finding once, but two workers may count the same one. Backfills, requests of operators and replays are left out.',
      ['severity'],
    ),
    findingsHeld: gauge(
      'findings_held',
      'Findings that this worker has held in the present hour (UTC) because the limit of a rule or of a bucket was reached. The sum over the workers is what has to be sent again.',
      ['why'],
    ),
    findingsHeldTotal: counter(
      'findings_held_total',
      'Findings that this worker has held since it started, for rates and alert rules. See isolator_findings_held.',
      ['why'],
    ),
    objectExposure: histogram(
      'object_exposure_seconds',
      'Time from the last modification of the object to its removal, in which the data was exposed.',
      exposureBuckets,
      ['severity'],
    ),
    queueWait: histogram(
      'queue_wait_seconds',
      'Time from the sending of a message to its first receive.',
      exposureBuckets,
    ),
    isolatedBytes: counter('isolated_bytes_total', 'Bytes of isolated objects.'),
    messagesReceived: counter('messages_received_total', 'Received messages, including redeliveries.'),
    messagesSettled: counter(
      'messages_settled_total',
      'Settled messages by the way in which they were settled.',
      ['how'],
    ),
    receives: histogram(
      'message_receives',
      'How often a message had been received, at each receive.',
      receiveBuckets,
    ),
    receiveCount: histogram(
      'message_receive_count',
      'Old name of isolator_message_receives; it goes with the next version.',
      receiveBuckets,
    ),
    messagesInFlight: gauge('messages_in_flight', 'Messages that are in work now.'),
    concurrencyLimit: gauge(
      'concurrency_limit',
      'Messages that may be in work at the same time: CONCURRENCY, or fewer while S3 throttles.',
    ),
    accountsSlowed: gauge(
      'accounts_slowed',
      'Accounts that this worker slows, in whole or in one of their buckets, because calls to them fail or are slow. The log names them.',
    ),
    queueMessages: gauge(
      'queue_messages',
      'Messages in a queue, sampled once a minute. Absent while the queue cannot be asked. Every worker samples the same queues.',
      ['queue', 'state'],
    ),
    queueSampled: gauge(
      'queue_sampled_timestamp_seconds',
      'Time at which the queue last said how many messages it holds, or at which it first failed to.',
      ['queue'],
    ),
    queuePollErrors: counter('queue_poll_errors_total', 'Polls of the findings queue that failed.'),
    awsRequestErrors: counter('aws_request_errors_total', 'AWS calls that failed after all retries.', [
      'service',
      'operation',
      'code',
    ]),
    awsRequestDuration: histogram(
      'aws_request_duration_seconds',
      'Duration of an AWS call, including its retries.',
      callBuckets,
      ['service', 'operation'],
    ),
    awsRequestRetries: counter(
      'aws_request_retries_total',
      'Retries of AWS calls by the SDK. The first attempt of a call is not counted.',
      ['service', 'operation'],
    ),
    alerts: counter(
      'alerts_total',
      'Alerts by result: sent; folded, which a digest summed up with others; failed, which was given up, so that nobody was told (of a digest, each finding); none, where none was due or no topic is set. A message that comes again to the same worker counts once. try-failed counts each try that failed.',
      ['result'],
    ),
    outcomeEvents: counter(
      'outcome_events_total',
      'Events to the outcome bus by result: sent; failed, where the message was parked although its event was not sent. try-failed counts each try that failed.',
      ['result'],
    ),
    fences: counter(
      'fences_total',
      'Tries to fence a flagged version, by result: fenced; tagged, which nobody has proved to deny anything; open, where the tag was refused, or nobody could learn whether it is there; no-room, where the version has ten other tags. hit-other counts tags that hit bytes put at that moment, and were taken away. A fence that is found in place does not count.',
      ['result'],
    ),
    contained: counter(
      'contained_total',
      'Those of isolator_isolations_total whose object stays at the source and is contained by a proved fence.',
      ['outcome', 'reason'],
    ),
    findingToFence: histogram(
      'finding_to_fence_seconds',
      'Time from the creation of the finding to the proved fence of an object that stays, and that so is contained without being isolated. Backfills, requests of operators and replays are left out.',
      exposureBuckets,
      ['severity'],
    ),
    visibilityExtensions: counter('visibility_extensions_total', 'Extensions of the visibility timeout.', [
      'result',
    ]),
    lastPoll: gauge(
      'last_poll_timestamp_seconds',
      'Time at which the findings queue last answered a poll; 0 before the first answer.',
    ),
    lastProcessed: gauge(
      'last_message_processed_timestamp_seconds',
      'Time at which a message last got its outcome.',
    ),
    lastSampleFinding: gauge(
      'last_sample_finding_timestamp_seconds',
      'Time at which the worker last handled a sample finding, which the heartbeat requests from Macie; 0 before the first sample finding.',
    ),
    isolationFault: gauge(
      'isolation_fault',
      '1 while the worker halts because bucket, key or role of the isolation side, or Macie, refuse its calls, and receives no message.',
    ),
    isolationRefused: gauge(
      'isolation_refused',
      'Old name of isolator_isolation_fault; it goes with the next version.',
    ),
    workersExpected: gauge('workers_expected', 'Least number of workers that run: WORKERS_EXPECTED.'),
    logLinesDropped: counter(
      'log_lines_dropped_total',
      'Log lines that were dropped because standard output did not accept them.',
    ),
    policyInfo: gauge('policy_info', '1, with the hash of the policy in force as label.', ['hash']),
    policyValid: gauge(
      'policy_valid',
      '0 while the source of the policy cannot be read or holds no valid policy; the policy before stays in force.',
    ),
    policyExceptionEnds: gauge(
      'policy_exception_ends_timestamp_seconds',
      'Time at which an exception (`never`) of the policy ends; only exceptions with an end.',
      ['exception'],
    ),
    paused: gauge(
      'paused',
      '1 while the service is paused, by a person, a spent budget or an unknown state.',
    ),
    budgetRemaining: gauge(
      'budget_remaining',
      'Isolations of this hour that no worker has leased; absent while it is not known.',
    ),
    budget: gauge('budget', 'Isolations that the budget of this hour allows; absent while it is not known.'),
    budgetSpent: gauge(
      'budget_spent',
      '1 while the budget is spent, also under the pause of a person: nothing is isolated until a person resumes.',
    ),
    lastValveRead: gauge(
      'last_valve_read_timestamp_seconds',
      'Time at which pause and budget were last read; 0 before the first time.',
    ),
    shuttingDown: gauge('shutting_down', '1 while the worker drains.'),
    buildInfo: gauge('build_info', '1, with the versions of the running worker as labels.', [
      'version',
      'revision',
      'node_version',
    ]),
  };
}
