import * as z from 'zod';
import { regionPattern } from '../core/region.ts';
import { isAwsHost, regionOfQueue } from './aws-hosts.ts';
import { endpoint, integer, queueUrl, regionList, topicArn } from './setting-types.ts';

const defaultBackOff = { baseSeconds: 5, maxSeconds: 3_600 };
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Every setting of the worker, from the environment. Empty means unset. */
const settings = z.object({
  QUEUE_URL: queueUrl().meta({
    group: 'Queue',
    description:
      'URL of the SQS queue with the findings. Its account is taken for the owner of the isolation bucket.',
  }),
  DEAD_LETTER_QUEUE_URL: queueUrl().optional().meta({
    group: 'Queue',
    description:
      'URL of the queue where messages are parked with their reason. Without it parking is left to the redrive policy of the findings queue.',
  }),
  CONCURRENCY: integer(1, 1_000).prefault('50').meta({
    group: 'Queue',
    description: 'How many messages are handled at the same time.',
  }),
  VISIBILITY_TIMEOUT_SECONDS: integer(5, 43_200).prefault('300').meta({
    group: 'Queue',
    description: 'How long a message stays hidden from others; extended while it is handled.',
  }),
  WAIT_TIME_SECONDS: integer(1, 20).prefault('20').meta({
    group: 'Queue',
    description:
      'How long a receive waits for messages. After SIGTERM the last ones are waited for: a shorter time stops sooner, and costs more calls.',
  }),
  BACKOFF_BASE_SECONDS: integer(1, 43_200).prefault(String(defaultBackOff.baseSeconds)).meta({
    group: 'Queue',
    description: 'Wait before a message that failed is tried again; doubles with each receive.',
  }),
  BACKOFF_MAX_SECONDS: integer(1, 43_200).prefault(String(defaultBackOff.maxSeconds)).meta({
    group: 'Queue',
    description: 'The longest wait before a message that failed is tried again.',
  }),
  PARK_AFTER_RECEIVES: integer(1, 1_000).prefault('20').meta({
    group: 'Queue',
    description:
      'At this receive count a message that keeps failing is parked. Keep it below the maxReceiveCount of the queue.',
  }),
  ISOLATION_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of an S3 bucket')
    .meta({
      group: 'Isolation',
      description: 'The bucket that takes isolated copies, records and provenance.',
    }),
  ISOLATION_KMS_KEY_ID: z.string().max(2_048).optional().meta({
    group: 'Isolation',
    description:
      "KMS key (id or ARN) for what is written there. Without it the bucket's default encryption applies.",
  }),
  ALLOWED_SOURCE_REGIONS: regionList().optional().meta({
    group: 'Isolation',
    description:
      'Regions from which objects may be copied, with commas between; by default AWS_REGION alone.',
  }),
  MEMBER_ROLE_NAME: z
    .string()
    .regex(
      /^(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
      'must be the name of an IAM role, with its path if it has one, not its ARN',
    )
    .optional()
    .meta({
      group: 'Isolation',
      description:
        "The role that is assumed in each account other than the queue's own to copy and delete its objects. Without it the worker's own role is used everywhere.",
    }),
  MEMBER_ROLE_EXTERNAL_ID: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'must be an external id as IAM takes it')
    .optional()
    .meta({
      group: 'Isolation',
      description: 'The external id that the member role asks for.',
    }),
  MODE: z.enum(['enforce', 'dry-run'], 'must be enforce or dry-run').prefault('enforce').meta({
    group: 'Isolation',
    description: 'dry-run copies and removes nothing: it records and tells what would be isolated.',
  }),
  SOURCE_VERSIONS: z
    .enum(['flagged', 'identical', 'all'], 'must be flagged, identical or all')
    .prefault('identical')
    .meta({
      group: 'Isolation',
      description:
        'Which versions of a flagged key are removed: the flagged one, those proved identical to it as well, or all, each copied first.',
    }),
  UNCONDITIONAL_DELETE: z
    .enum(['never', 'when-unsupported'], 'must be never or when-unsupported')
    .prefault('never')
    .meta({
      group: 'Isolation',
      description:
        'when-unsupported deletes after a second look where a stand-in for S3 knows no conditional delete. Refused against AWS itself.',
    }),
  MULTIPART_THRESHOLD_BYTES: integer(0, 5 * 1024 ** 3)
    .prefault(String(256 * 1024 ** 2))
    .meta({
      group: 'Large objects',
      description: 'Objects above this are copied in parallel parts.',
    }),
  MULTIPART_PART_BYTES: integer(5 * 1024 ** 2, 5 * 1024 ** 3)
    .prefault(String(128 * 1024 ** 2))
    .meta({
      group: 'Large objects',
      description: 'Size of a part; larger where 10,000 parts would not hold the object.',
    }),
  MULTIPART_CONCURRENCY: integer(1, 256).prefault('16').meta({
    group: 'Large objects',
    description: 'How many parts are copied at the same time, over all objects.',
  }),
  ALERT_TOPIC_ARN: topicArn().optional().meta({
    group: 'Alerts',
    description: 'The topic that alerts are published to. Without it nobody is told.',
  }),
  HOST: z.string().max(255).prefault('0.0.0.0').meta({
    group: 'Service',
    description: 'Address for /livez, /readyz and /metrics.',
  }),
  PORT: integer(0, 65_535).prefault('8080').meta({
    group: 'Service',
    description: 'Port for /livez, /readyz and /metrics; 0 takes any free one.',
  }),
  LOG_LEVEL: z
    .enum(logLevels, `must be one of ${logLevels.join(', ')}`)
    .prefault('info')
    .meta({ group: 'Service', description: `The least level that is logged: ${logLevels.join(', ')}.` }),
  SHUTDOWN_TIMEOUT_MS: integer(1_000, 115_000).prefault('100000').meta({
    group: 'Service',
    description:
      'After SIGTERM: how long work may go on before it is handed back to the queue. Keep it below the stop timeout of the container.',
  }),
  AWS_REGION: z
    .string()
    .regex(regionPattern, 'must be an AWS region')
    .meta({ group: 'AWS', description: 'Region of queue, topic and isolation bucket.' }),
  PARAMETER_PATH: z
    .string()
    .regex(/^(\/[\w.-]+)+\/?$/, 'must be a path such as /macie-isolator')
    .optional()
    .meta({
      group: 'AWS',
      description:
        'A path of SSM Parameter Store. Each parameter directly under it, named as a setting, fills that setting where it is unset. Read once, at the start.',
    }),
  ECS_AGENT_URI: endpoint(
    'Set by ECS itself in every task. There the task is protected from scale-in while a large copy runs.',
  ),
  AWS_ENDPOINT_URL: endpoint(
    'A stand-in for AWS, such as LocalStack. The SDK’s other AWS_* variables work as well.',
  ),
  AWS_ENDPOINT_URL_S3: endpoint('The same for S3 alone.'),
  AWS_ENDPOINT_URL_SQS: endpoint('The same for SQS alone.'),
  AWS_ENDPOINT_URL_SNS: endpoint('The same for SNS alone.'),
  AWS_ENDPOINT_URL_STS: endpoint('The same for STS alone.'),
  AWS_ENDPOINT_URL_SSM: endpoint('The same for SSM alone.'),
});

/** What the documentation is generated from. */
export const settingsSchema = settings;

export type Config = ReturnType<typeof toConfig>;

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reports every problem at once, each as one sentence that names its variable. Values are not repeated: they may be secret. */
export function parseConfig(env: Environment): ParsedConfig {
  const parsed = parseSettings(env, settingNames);
  const problems = [...(parsed.ok ? [] : parsed.problems), ...crossProblems(named(env, settingNames))];
  return parsed.ok && problems.length === 0
    ? { ok: true, config: toConfig(parsed.settings) }
    : { ok: false, problems };
}

type Environment = Readonly<Record<string, string | undefined>>;
type Settings = z.output<typeof settings>;
type SettingName = keyof Settings;
const settingNames = Object.keys(settings.shape) as SettingName[];

/** Some of the settings, for those who do not need all of them; a problem of another setting is none of theirs. */
export function parseSettings<Name extends SettingName>(
  env: Environment,
  names: readonly Name[],
):
  | { readonly ok: true; readonly settings: Pick<Settings, Name> }
  | { readonly ok: false; readonly problems: readonly string[] } {
  const shape = Object.fromEntries(names.map((name) => [name, settings.shape[name]]));
  // It is parsed once, so zod need not generate code for it.
  const parsed = z.object(shape).safeParse(named(env, names), { jitless: true });
  if (parsed.success) return { ok: true, settings: parsed.data as unknown as Pick<Settings, Name> };
  // The first problem of each variable says enough.
  const byVariable = Map.groupBy(parsed.error.issues, ({ path }) => path[0]);
  return {
    ok: false,
    problems: [...byVariable.values()].flatMap((same) => same.slice(0, 1).map(problemText)),
  };
}

/** The settings of these names; empty counts as unset. The region has a second name, as in the SDK. */
function named(env: Environment, names: readonly SettingName[]): Environment {
  const given = Object.fromEntries(names.map((name) => [name, env[name]?.trim() || undefined]));
  if (!names.includes('AWS_REGION')) return given;
  return { ...given, AWS_REGION: given['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] };
}

function toConfig(from: z.output<typeof settings>) {
  const all = from.AWS_ENDPOINT_URL;
  const s3 = from.AWS_ENDPOINT_URL_S3 ?? all;
  const sqs = from.AWS_ENDPOINT_URL_SQS ?? all;
  const sns = from.AWS_ENDPOINT_URL_SNS ?? all;
  const sts = from.AWS_ENDPOINT_URL_STS ?? all;
  return {
    queueUrl: from.QUEUE_URL,
    deadLetterQueueUrl: from.DEAD_LETTER_QUEUE_URL,
    accountId: accountOf(from.QUEUE_URL),
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
    sourceVersions: from.SOURCE_VERSIONS,
    unconditionalDelete: from.UNCONDITIONAL_DELETE,
    multipartThresholdBytes: from.MULTIPART_THRESHOLD_BYTES,
    multipartPartBytes: from.MULTIPART_PART_BYTES,
    multipartConcurrency: from.MULTIPART_CONCURRENCY,
    alertTopicArn: from.ALERT_TOPIC_ARN,
    host: from.HOST,
    port: from.PORT,
    logLevel: from.LOG_LEVEL,
    shutdownTimeoutMs: from.SHUTDOWN_TIMEOUT_MS,
    region: from.AWS_REGION,
    ecsAgentUri: from.ECS_AGENT_URI,
    endpoints: { ...(s3 && { s3 }), ...(sqs && { sqs }), ...(sns && { sns }), ...(sts && { sts }) },
  };
}

/** The problems that only two settings together have; looked for even where others are wrong. */
function crossProblems(given: Readonly<Record<string, string | undefined>>): string[] {
  const problems: string[] = [];
  const endpoint = given['AWS_ENDPOINT_URL_S3'] ?? given['AWS_ENDPOINT_URL'];
  const isStandIn = endpoint !== undefined && !isAwsHost(endpoint);
  if (given['UNCONDITIONAL_DELETE'] === 'when-unsupported' && !isStandIn) {
    problems.push(
      'UNCONDITIONAL_DELETE must be never unless AWS_ENDPOINT_URL names a stand-in: S3 itself knows conditional deletes.',
    );
  }
  if (given['DEAD_LETTER_QUEUE_URL'] !== undefined && given['DEAD_LETTER_QUEUE_URL'] === given['QUEUE_URL']) {
    problems.push('DEAD_LETTER_QUEUE_URL must be another queue than QUEUE_URL.');
  }
  if (given['MEMBER_ROLE_EXTERNAL_ID'] !== undefined && given['MEMBER_ROLE_NAME'] === undefined) {
    problems.push('MEMBER_ROLE_EXTERNAL_ID must not be set without MEMBER_ROLE_NAME.');
  }
  const base = Number(given['BACKOFF_BASE_SECONDS'] ?? defaultBackOff.baseSeconds);
  const max = Number(given['BACKOFF_MAX_SECONDS'] ?? defaultBackOff.maxSeconds);
  if (max < base) problems.push('BACKOFF_MAX_SECONDS must not be less than BACKOFF_BASE_SECONDS.');
  const region = regionOfQueue(given['QUEUE_URL'] ?? '');
  const isAwsQueue = given['AWS_ENDPOINT_URL'] === undefined && given['AWS_ENDPOINT_URL_SQS'] === undefined;
  if (isAwsQueue && region !== undefined && ![undefined, region].includes(given['AWS_REGION'])) {
    problems.push('AWS_REGION must be the region of QUEUE_URL.');
  }
  return problems;
}

function problemText(issue: z.core.$ZodIssue): string {
  const name = String(issue.path[0]);
  const missing = issue.code === 'invalid_type' && issue.input === undefined;
  return missing ? `${name} is not set, and must be.` : `${name} ${issue.message}.`;
}

function memberRole(name: string, externalId: string | undefined) {
  return { name, ...(externalId !== undefined && { externalId }) };
}

function accountOf(url: string): string {
  return url.split('/').at(-2) ?? '';
}
