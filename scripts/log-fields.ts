import type { LogEventName, logEvents } from '../src/telemetry/log-events.ts';

type OwnField = { [Name in LogEventName]: keyof (typeof logEvents)[Name]['fields'] }[LogEventName];
type Field = OwnField | 'time' | 'level' | 'service' | 'version' | 'worker' | 'task' | 'event' | 'msg';

/** Where a field belongs in the Elastic Common Schema and in OpenTelemetry; a field without a name there keeps its own. */
const own = (name: string) => [`isolator.${name}`, `isolator.${name}`] as const;

const fieldNames: Readonly<Record<Field, readonly [ecs: string, openTelemetry: string]>> = {
  time: ['@timestamp', 'Timestamp'],
  level: ['log.level', 'SeverityText'],
  service: ['service.name', 'service.name'],
  version: ['service.version', 'service.version'],
  worker: ['service.node.name', 'service.instance.id'],
  task: ['orchestrator.resource.id', 'aws.ecs.task.id'],
  event: ['event.action', 'event.name'],
  msg: ['message', 'Body'],
  err: ['error', 'exception'],
  code: ['error.code', 'error.type'],
  durationMs: ['event.duration (nanoseconds)', 'isolator.duration_ms'],
  messageId: ['isolator.message_id', 'messaging.message.id'],
  bucket: ['isolator.bucket', 'aws.s3.bucket'],
  key: ['file.path', 'aws.s3.key'],
  accountId: ['cloud.account.id', 'cloud.account.id'],
  awsService: ['cloud.service.name', 'rpc.service'],
  operation: ['isolator.operation', 'rpc.method'],
  requestId: ['http.request.id', 'aws.request_id'],
  outcome: ['event.outcome', 'isolator.outcome'],
  reason: ['event.reason', 'isolator.reason'],
  rule: ['rule.name', 'isolator.rule'],
  severity: ['event.severity', 'isolator.severity'],
  findingId: ['event.id', 'isolator.finding_id'],
  host: ['server.address', 'server.address'],
  port: ['server.port', 'server.port'],
  nodeVersion: ['process.runtime.version', 'process.runtime.version'],
  concurrency: own('concurrency'),
  mode: own('mode'),
  isolationBucket: own('isolation_bucket'),
  workersExpected: own('workers_expected'),
  ready: own('ready'),
  failing: own('failing'),
  by: own('by'),
  since: own('since'),
  remaining: own('remaining'),
  budget: own('budget'),
  cause: own('cause'),
  count: own('count'),
  attempt: own('attempt'),
  isolated: own('isolated'),
  settledBy: own('settled_by'),
  isolationKey: own('isolation_key'),
  sizeBytes: own('size_bytes'),
  alert: own('alert'),
  recorded: own('recorded'),
  origin: own('origin'),
  findingToIsolationSeconds: own('finding_to_isolation_seconds'),
  objectExposureSeconds: own('object_exposure_seconds'),
  step: own('step'),
  retryInSeconds: own('retry_in_seconds'),
  how: own('how'),
  result: own('result'),
  repeated: own('repeated'),
  queue: own('queue'),
  protected: own('protected'),
  exception: own('exception'),
  endsInSeconds: own('ends_in_seconds'),
  ageSeconds: own('age_seconds'),
  policy: own('policy'),
  policyVersion: own('policy_version'),
  rules: own('rules'),
  source: own('source'),
  problem: own('problem'),
  why: own('why'),
  differing: own('differing'),
  refusedBy: own('refused_by'),
};

export function fieldNamesTable(): string {
  const rows = Object.entries(fieldNames).map(
    ([field, [ecs, openTelemetry]]) => `| \`${field}\` | \`${ecs}\` | \`${openTelemetry}\` |`,
  );
  return ['| field | Elastic Common Schema | OpenTelemetry |', '|---|---|---|', ...rows].join('\n');
}
