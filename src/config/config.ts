import { accountOfQueue } from './aws-hosts.ts';
import { crossProblems } from './cross-problems.ts';
import { givenOf, parseSettings, type Settings } from './parse-settings.ts';
import { type ParsedSettings, settingNames } from './schema/schema.ts';

export type Config = ReturnType<typeof toConfig>;

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reports all problems at once. Each problem is a sentence that names its variable. The values are not
 * repeated, because they may be secret.
 */
export function parseConfig(env: Settings): ParsedConfig {
  const parsed = parseSettings(env, settingNames);
  const problems = [...(parsed.ok ? [] : parsed.problems), ...crossProblems(givenOf(env, settingNames))];
  return parsed.ok && problems.length === 0
    ? { ok: true, config: toConfig(parsed.settings) }
    : { ok: false, problems };
}

function toConfig(from: ParsedSettings) {
  const all = from.AWS_ENDPOINT_URL;
  const s3 = from.AWS_ENDPOINT_URL_S3 ?? all;
  const sqs = from.AWS_ENDPOINT_URL_SQS ?? all;
  const sns = from.AWS_ENDPOINT_URL_SNS ?? all;
  const sts = from.AWS_ENDPOINT_URL_STS ?? all;
  const macie2 = from.AWS_ENDPOINT_URL_MACIE2 ?? all;
  const eventBridge = from.AWS_ENDPOINT_URL_EVENTBRIDGE ?? all;
  const ssm = from.AWS_ENDPOINT_URL_SSM ?? all;
  return {
    queueUrl: from.QUEUE_URL,
    deadLetterQueueUrl: from.DEAD_LETTER_QUEUE_URL,
    accountId: accountOfQueue(from.QUEUE_URL),
    concurrency: from.CONCURRENCY,
    visibilityTimeoutSeconds: from.VISIBILITY_TIMEOUT_SECONDS,
    waitTimeSeconds: from.WAIT_TIME_SECONDS,
    backOffBaseSeconds: from.BACKOFF_BASE_SECONDS,
    backOffMaxSeconds: from.BACKOFF_MAX_SECONDS,
    parkAfterReceives: from.PARK_AFTER_RECEIVES,
    isolationBucket: from.ISOLATION_BUCKET,
    isolationKmsKeyId: from.ISOLATION_KMS_KEY_ID,
    allowedSourceRegions: from.ALLOWED_SOURCE_REGIONS ?? [from.AWS_REGION],
    memberRole: from.MEMBER_ROLE_NAME
      ? memberRole(from.MEMBER_ROLE_NAME, from.MEMBER_ROLE_EXTERNAL_ID)
      : undefined,
    mode: from.MODE,
    confirmFindings: from.CONFIRM_FINDINGS,
    policyFile: from.POLICY_FILE,
    policy: from.POLICY,
    isolationBudgetPerHour: from.ISOLATION_BUDGET_PER_HOUR,
    bucketLimitPerHour: from.ISOLATION_BUDGET_PER_BUCKET_PER_HOUR,
    sourceVersions: from.SOURCE_VERSIONS,
    fence: from.FENCE,
    unconditionalDelete: from.UNCONDITIONAL_DELETE,
    multipartThresholdBytes: from.MULTIPART_THRESHOLD_BYTES,
    multipartPartBytes: from.MULTIPART_PART_BYTES,
    multipartConcurrency: from.MULTIPART_CONCURRENCY,
    alertTopicArn: from.ALERT_TOPIC_ARN,
    alertsPerMinute: from.ALERTS_PER_MINUTE,
    outcomeBusArn: from.OUTCOME_BUS_ARN,
    host: from.HOST,
    port: from.PORT,
    workersExpected: from.WORKERS_EXPECTED,
    logLevel: from.LOG_LEVEL,
    shutdownTimeoutMs: from.SHUTDOWN_TIMEOUT_MS,
    region: from.AWS_REGION,
    ecsAgentUri: from.ECS_AGENT_URI,
    endpoints: {
      ...(s3 && { s3 }),
      ...(sqs && { sqs }),
      ...(sns && { sns }),
      ...(sts && { sts }),
      ...(macie2 && { macie2 }),
      ...(eventBridge && { eventBridge }),
      ...(ssm && { ssm }),
    },
  };
}

function memberRole(name: string, externalId: string | undefined) {
  return { name, ...(externalId !== undefined && { externalId }) };
}
