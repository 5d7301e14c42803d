import * as z from 'zod';
import { fenceModes } from '../../core/fences.ts';
import { policyPlace } from '../policy/policy-place.ts';
import { busArn, integer, regionList, topicArn } from '../setting-types.ts';

/** The settings of isolation: where copies go, what may be removed, how large objects are copied, and who is alerted. */
export const isolationSettings = {
  ISOLATION_BUCKET: z
    .string()
    // No store takes two periods in a row, or the form of an IP address.
    .regex(
      /^(?!.*\.\.)(?!(?:\d+\.){3}\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'must be the name of an S3 bucket',
    )
    .meta({
      group: 'Isolation',
      description: 'The bucket that holds isolated copies, records and provenance.',
    }),
  ISOLATION_KMS_KEY_ID: z
    .string()
    .regex(
      /^(?:arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:(?:key|alias)\/[\w/-]{1,256}|(?!arn:)[A-Za-z0-9][\w.:/-]{0,2047})$/,
      'must be the id, the ARN or an alias of a KMS key',
    )
    .optional()
    .meta({
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
  POLICY_FILE: z
    .string()
    .max(4_096, 'must have at most 4096 characters')
    .refine(
      (text) => policyPlace(text) !== undefined,
      'must be a path, an object such as s3://bucket/key, or a parameter such as ssm:/macie-isolator/policy',
    )
    .optional()
    .meta({
      group: 'Isolation',
      description:
        'The policy (YAML or JSON), which says what is isolated: a path, `s3://bucket/key` or `ssm:/name`. An object is in a bucket of this account and region, and not in the isolation bucket. A parameter holds 4 KB, an advanced one 8 KB. Read again every minute; a changed policy is taken up without a restart. Without a policy High findings are isolated and all others alert people.',
    }),
  POLICY: z.string().max(1_048_576, 'must have at most 1048576 characters').optional().meta({
    group: 'Isolation',
    description: 'The policy itself, in place of POLICY_FILE.',
  }),
  CONFIRM_FINDINGS: z.enum(['macie', 'never'], 'must be macie or never').prefault('never').meta({
    group: 'Isolation',
    description:
      'With macie, nothing is copied for removal before Macie, asked by the id of the finding, names the same object, version, ETag, type and severity. Macie must be enabled in every allowed region, in the account of the worker. With never, whoever can put a finding on the queue is believed, and the worker warns of it at its start on AWS.',
  }),
  ISOLATION_BUDGET_PER_HOUR: integer(1, 100_000_000).prefault('10000').meta({
    group: 'Isolation',
    description:
      'How many findings all workers together isolate in an hour. Once it is spent the service pauses until a person resumes.',
  }),
  ISOLATION_BUDGET_PER_BUCKET_PER_HOUR: integer(1, 100_000_000).optional().meta({
    group: 'Isolation',
    description:
      'How many findings of one bucket all workers together isolate in an hour. Findings above it end as held, and those of other buckets go on. If unset, there is no such limit.',
  }),
  SOURCE_VERSIONS: z
    .enum(['flagged', 'identical', 'all'], 'must be flagged, identical or all')
    .prefault('identical')
    .meta({
      group: 'Isolation',
      description:
        'Which versions of a flagged key are removed: only the flagged version, also the identical versions, or all versions. Each version with other bytes is copied first.',
    }),
  FENCE: z.enum(fenceModes, 'must be off, kept or first').prefault('off').meta({
    group: 'Isolation',
    description:
      'Puts the tag isolator-fenced on flagged objects, which a policy of the bucket or the organisation can deny to read (docs/policy.md). With kept, what ends as retained, refused or held although it can be read gets the tag, and what cannot be isolated for the third time. With first, every object gets it before it is copied. A rule can say otherwise. The worker needs s3:GetObjectTagging and s3:PutObjectTagging at the source, with their forms for versions.',
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
  ALERTS_PER_MINUTE: integer(1, 100_000).prefault('20').meta({
    group: 'Alerts',
    description:
      'How many alerts of a minute each worker sends at once. One digest a minute sums up the others by bucket, rule, identifier and outcome, until no minute brings more. Alerts that need a person are never summed up.',
  }),
  OUTCOME_BUS_ARN: busArn().optional().meta({
    group: 'Alerts',
    description:
      'The event bus of EventBridge to which each outcome is sent as an event (docs/events.md). A message is acknowledged after the bus has accepted its event. If unset, no event is sent.',
  }),
};
