import * as z from 'zod';
import { regionPattern } from '../core/region.ts';
import { isAwsHost, regionOfQueue } from './aws-hosts.ts';
import { endpoint, integer, queueUrl, regionList, topicArn } from './setting-types.ts';

const defaultBackOff = { baseSeconds: 5, maxSeconds: 3_600 };
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Every setting of the worker, as an environment variable. An empty variable counts as unset. */
const settings = z.object({
  QUEUE_URL: queueUrl().meta({
    group: 'Queue',
    description:
      'URL of the SQS queue with the findings. The account in the URL must own the isolation bucket.',
  }),
  DEAD_LETTER_QUEUE_URL: queueUrl().optional().meta({
    group: 'Queue',
    description:
      'URL of the queue where messages are parked with their reason. If unset, the redrive policy of the findings queue moves them, without a reason.',
  }),
  CONCURRENCY: integer(1, 1_000).prefault('50').meta({
    group: 'Queue',
    description: 'How many messages are in work at the same time, at most.',
  }),
  VISIBILITY_TIMEOUT_SECONDS: integer(5, 43_200).prefault('300').meta({
    group: 'Queue',
    description:
      'How long a message stays invisible to other receives. The worker extends the time while the message is in work.',
  }),
  WAIT_TIME_SECONDS: integer(1, 20).prefault('20').meta({
    group: 'Queue',
    description:
      'How long a receive waits for messages. After SIGTERM the worker waits for running receives, so a shorter time lets it stop sooner, but costs more calls.',
  }),
  BACKOFF_BASE_SECONDS: integer(1, 43_200).prefault(String(defaultBackOff.baseSeconds)).meta({
    group: 'Queue',
    description:
      'The first wait before a failed message becomes visible again. The wait doubles with each receive.',
  }),
  BACKOFF_MAX_SECONDS: integer(1, 43_200).prefault(String(defaultBackOff.maxSeconds)).meta({
    group: 'Queue',
    description: 'The longest wait before a failed message becomes visible again.',
  }),
  PARK_AFTER_RECEIVES: integer(1, 1_000).prefault('20').meta({
    group: 'Queue',
    description:
      'At this receive count a message that keeps failing is parked. Keep the value below the maxReceiveCount of the queue.',
  }),
  ISOLATION_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of an S3 bucket')
    .meta({
      group: 'Isolation',
      description: 'The bucket that holds isolated copies, records and provenance.',
    }),
  ISOLATION_KMS_KEY_ID: z.string().max(2_048).optional().meta({
    group: 'Isolation',
    description:
      "KMS key (id or ARN) that encrypts the objects of the isolation bucket. If unset, the bucket's default encryption applies.",
  }),
  ALLOWED_SOURCE_REGIONS: regionList().optional().meta({
    group: 'Isolation',
    description:
      'Regions from which objects may be copied, separated by commas. If unset, only AWS_REGION is allowed.',
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
        "The role that the worker assumes in each account other than the queue's, to copy and delete objects of that account. If unset, the worker uses its own role everywhere.",
    }),
  MEMBER_ROLE_EXTERNAL_ID: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'must be an external id as IAM takes it')
    .optional()
    .meta({
      group: 'Isolation',
      description: 'The external id that the trust policy of the member role requires.',
    }),
  MODE: z.enum(['enforce', 'dry-run'], 'must be enforce or dry-run').prefault('enforce').meta({
    group: 'Isolation',
    description:
      'In a dry run the worker copies and removes nothing; records and alerts name the objects that would be isolated.',
  }),
  POLICY_FILE: z.string().max(4_096).optional().meta({
    group: 'Isolation',
    description:
      'Path of the policy (YAML or JSON), which says what is isolated. Read again every minute; a changed file is taken up without a restart. Without a policy High findings are isolated and all others alert people.',
  }),
  POLICY: z.string().max(1_048_576).optional().meta({
    group: 'Isolation',
    description: 'The policy itself, in place of POLICY_FILE.',
  }),
  ISOLATION_BUDGET_PER_HOUR: integer(1, 100_000_000).prefault('10000').meta({
    group: 'Isolation',
    description:
      'How many findings all workers together isolate in an hour. Once it is spent the service pauses until a person resumes.',
  }),
  SOURCE_VERSIONS: z
    .enum(['flagged', 'identical', 'all'], 'must be flagged, identical or all')
    .prefault('identical')
    .meta({
      group: 'Isolation',
      description:
        'Which versions of a flagged key are removed: only the flagged version, also the identical versions, or all versions. Each version with other bytes is copied first.',
    }),
  UNCONDITIONAL_DELETE: z
    .enum(['never', 'when-unsupported'], 'must be never or when-unsupported')
    .prefault('never')
    .meta({
      group: 'Isolation',
      description:
        'With when-unsupported, the worker deletes without a condition, after a second HEAD, if a stand-in for S3 has no conditional delete. The value is not allowed with AWS itself.',
    }),
  MULTIPART_THRESHOLD_BYTES: integer(0, 5 * 1024 ** 3)
    .prefault(String(256 * 1024 ** 2))
    .meta({
      group: 'Large objects',
      description: 'Objects larger than this are copied in parallel parts.',
    }),
  MULTIPART_PART_BYTES: integer(5 * 1024 ** 2, 5 * 1024 ** 3)
    .prefault(String(128 * 1024 ** 2))
    .meta({
      group: 'Large objects',
      description: 'Size of a part. Parts are larger if 10,000 parts of this size cannot hold the object.',
    }),
  MULTIPART_CONCURRENCY: integer(1, 256).prefault('16').meta({
    group: 'Large objects',
    description: 'How many parts of all objects are copied at the same time.',
  }),
  ALERT_TOPIC_ARN: topicArn().optional().meta({
    group: 'Alerts',
    description: 'The topic to which alerts are published. If unset, nobody is alerted.',
  }),
  HOST: z.string().max(255).prefault('0.0.0.0').meta({
    group: 'Service',
    description: 'Address on which the worker serves /livez, /readyz and /metrics.',
  }),
  PORT: integer(0, 65_535).prefault('8080').meta({
    group: 'Service',
    description: 'Port on which the worker serves /livez, /readyz and /metrics; 0 chooses any free port.',
  }),
  WORKERS_EXPECTED: integer(1, 10_000).prefault('1').meta({
    group: 'Service',
    description:
      'How many workers run at least, all of them together. Fewer than that raise an alert; otherwise it changes nothing.',
  }),
  LOG_LEVEL: z
    .enum(logLevels, `must be one of ${logLevels.join(', ')}`)
    .prefault('info')
    .meta({ group: 'Service', description: `The lowest level that is logged: ${logLevels.join(', ')}.` }),
  SHUTDOWN_TIMEOUT_MS: integer(1_000, 115_000).prefault('100000').meta({
    group: 'Service',
    description:
      'How long work may continue after SIGTERM before its messages are handed back. Keep the value below the stop timeout of the container.',
  }),
  AWS_REGION: z
    .string()
    .regex(regionPattern, 'must be an AWS region')
    .meta({ group: 'AWS', description: 'Region of the queue, the topic and the isolation bucket.' }),
  PARAMETER_PATH: z
    .string()
    .regex(/^(\/[\w.-]+)+\/?$/, 'must be a path such as /macie-isolator')
    .optional()
    .meta({
      group: 'AWS',
      description:
        'A path of SSM Parameter Store. A parameter directly under the path that has the name of a setting sets that setting, unless the environment does. The parameters are read once, at the start.',
    }),
  ECS_AGENT_URI: endpoint(
    'ECS sets this variable in every task. If it is set, the worker protects its task from scale-in while a large copy runs.',
  ),
  AWS_ENDPOINT_URL: endpoint(
    'Endpoint of a stand-in for AWS, such as LocalStack. The SDK’s other AWS_* variables work as well.',
  ),
  AWS_ENDPOINT_URL_S3: endpoint('Endpoint of a stand-in for S3 only.'),
  AWS_ENDPOINT_URL_SQS: endpoint('Endpoint of a stand-in for SQS only.'),
  AWS_ENDPOINT_URL_SNS: endpoint('Endpoint of a stand-in for SNS only.'),
  AWS_ENDPOINT_URL_STS: endpoint('Endpoint of a stand-in for STS only.'),
  AWS_ENDPOINT_URL_SSM: endpoint('Endpoint of a stand-in for SSM only.'),
});

/** The schema from which the documentation is generated. */
export const settingsSchema = settings;

export type Config = ReturnType<typeof toConfig>;

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reports all problems at once. Each problem is a sentence that names its variable. The values are not
 * repeated, because they may be secret.
 */
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

/** Parses only the named settings. A problem of another setting is not reported. */
export function parseSettings<Name extends SettingName>(
  env: Environment,
  names: readonly Name[],
):
  | { readonly ok: true; readonly settings: Pick<Settings, Name> }
  | { readonly ok: false; readonly problems: readonly string[] } {
  const shape = Object.fromEntries(names.map((name) => [name, settings.shape[name]]));
  // The schema parses only once, so zod need not generate code for it.
  const parsed = z.object(shape).safeParse(named(env, names), { jitless: true });
  if (parsed.success) return { ok: true, settings: parsed.data as unknown as Pick<Settings, Name> };
  // The first problem of each variable is enough.
  const byVariable = Map.groupBy(parsed.error.issues, ({ path }) => path[0]);
  return {
    ok: false,
    problems: [...byVariable.values()].flatMap((same) => same.slice(0, 1).map(problemText)),
  };
}

/** Picks the named settings; an empty setting counts as unset. The region has a second name, as in the SDK. */
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
    policyFile: from.POLICY_FILE,
    policy: from.POLICY,
    isolationBudgetPerHour: from.ISOLATION_BUDGET_PER_HOUR,
    sourceVersions: from.SOURCE_VERSIONS,
    unconditionalDelete: from.UNCONDITIONAL_DELETE,
    multipartThresholdBytes: from.MULTIPART_THRESHOLD_BYTES,
    multipartPartBytes: from.MULTIPART_PART_BYTES,
    multipartConcurrency: from.MULTIPART_CONCURRENCY,
    alertTopicArn: from.ALERT_TOPIC_ARN,
    host: from.HOST,
    port: from.PORT,
    workersExpected: from.WORKERS_EXPECTED,
    logLevel: from.LOG_LEVEL,
    shutdownTimeoutMs: from.SHUTDOWN_TIMEOUT_MS,
    region: from.AWS_REGION,
    ecsAgentUri: from.ECS_AGENT_URI,
    endpoints: { ...(s3 && { s3 }), ...(sqs && { sqs }), ...(sns && { sns }), ...(sts && { sts }) },
  };
}

/** Finds problems of combinations of settings, even if other settings are wrong. */
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
  if (given['POLICY'] !== undefined && given['POLICY_FILE'] !== undefined) {
    problems.push('POLICY must not be set beside POLICY_FILE.');
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
