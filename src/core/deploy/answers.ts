import * as z from 'zod';

export const defaultPrefix = 'macie-isolator';

/** The templates that are deployed only if somebody asks for them. */
export const furtherTemplates = ['operations', 'audit', 'cloudwatch', 'evidence'] as const;

/** The templates whose other parameters can be answered. */
export const everyTemplate = ['data-plane', 'network', 'service', 'macie', ...furtherTemplates] as const;

const roleArn = z
  .string()
  .regex(
    /^arn:[a-z-]+:iam::[0-9]{12}:role\/[A-Za-z0-9+=.@_/-]+$/,
    'must be the whole ARN of an IAM role, with its path, such as arn:aws:iam::111122223333:role/pipelines/deploy',
  );

const principalArn = z
  .string()
  .regex(
    /^arn:[a-z-]+:iam::[0-9]{12}:(root|(user|role)\/[^,]+)$/,
    'must be the ARN of an IAM role, of a user or of an account, such as arn:aws:iam::111122223333:role/forensics',
  );

const email = z
  .string()
  .regex(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 'must be an e-mail address, such as privacy@example.com');

/** Flags and prompts write a list with commas between. */
const list = <Item extends z.ZodType>(item: Item, most = 1_000) =>
  z.preprocess(
    (value) =>
      typeof value === 'string'
        ? value
            .split(',')
            .map((each) => each.trim())
            .filter((each) => each !== '')
        : value,
    z.array(item).max(most, `must not have more than ${most} entries`),
  );

/** In YAML `yes` is a text, and `true` is none. */
const yesOrNo = z.union(
  [z.boolean(), z.stringbool({ truthy: ['yes', 'y', 'true'], falsy: ['no', 'n', 'false'] })],
  { error: 'must be yes or no' },
);

const subnet = z
  .string()
  .regex(/^subnet-[0-9a-f]{8,17}$/, 'must be the id of a subnet, such as subnet-0a1b2c3d');
const securityGroup = z
  .string()
  .regex(/^sg-[0-9a-f]{8,17}$/, 'must be the id of a security group, such as sg-0a1b2c3d');

const ownSubnets = z.strictObject({
  subnets: list(subnet).refine(({ length }) => length >= 2, 'must be two subnets or more'),
  securityGroups: list(securityGroup).refine(
    ({ length }) => length >= 1,
    'must be one security group or more',
  ),
});

/** `own` makes a network from network.yaml. Flags and prompts write subnets and security groups as one list. */
const network = z.preprocess(
  (value) => {
    if (typeof value !== 'string' || value === 'own') return value;
    const ids = value.split(',').map((id) => id.trim());
    const isGroup = (id: string) => id.startsWith('sg-');
    return { subnets: ids.filter((id) => !isGroup(id)), securityGroups: ids.filter(isGroup) };
  },
  z.union([z.literal('own'), ownSubnets], { error: 'must be own, or subnets with securityGroups' }),
);

/**
 * The facts about an installation that only a person knows, by the names that a file of answers uses. The patterns are those of the
 * templates, so that nothing is refused after the first stack.
 */
export const answersShape = {
  /** Account and region that the answers are for. A deployment elsewhere is refused. */
  account: z.coerce
    .string()
    .regex(/^[0-9]{12}$/, 'must be an account id of 12 digits, in quotes if it begins with 0')
    .optional(),
  region: z
    .string()
    .regex(/^[a-z]{2,4}(-[a-z]+)+-[0-9]+$/, 'must be a region, such as eu-central-1')
    .optional(),
  prefix: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{1,24}[a-z0-9]$/,
      'must be 3 to 26 lower-case letters, digits and hyphens, beginning with a letter',
    )
    .default(defaultPrefix),
  alertEmail: email,
  /** Default: `alertEmail`. */
  alarmEmail: email.optional(),
  /** An asterisk stands for any characters after the first one. */
  sourceBuckets: list(
    z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9.*-]{0,61}[a-z0-9*]$/,
        'must be the name of a bucket, such as lake-raw or lake-*; an asterisk cannot come first',
      ),
    195,
  ).default([]),
  /** A bucket of the data plane's stack, for a trial: it is then a source bucket too. */
  trialBucket: z
    .enum(['none', 'unversioned', 'versioned'], 'must be none, unversioned or versioned')
    .default('none'),
  network,
  /**
   * `enable`: Macie is off, and the deployment enables it. `enabled`: Macie is on already. `by-hand`: Macie is on already, and
   * nothing of macie.yaml is deployed, as in regions without its types. `elsewhere`: the findings come
   * from another account's Macie, and nothing of Macie is deployed here.
   */
  macie: z.enum(
    ['enable', 'enabled', 'by-hand', 'elsewhere'],
    'must be enable, enabled, by-hand or elsewhere',
  ),
  /** Whether Macie is asked for a sample finding every twelve hours. Default: only with `macie: enable`. */
  heartbeat: yesOrNo.optional(),
  mode: z.enum(['dry-run', 'enforce'], 'must be dry-run or enforce').default('dry-run'),
  confirmFindings: z.enum(['macie', 'never'], 'must be macie or never').default('macie'),
  /** Default: the role of the caller. */
  deployRoles: list(roleArn).default([]),
  investigators: list(principalArn).default([]),
  operators: list(principalArn).default([]),
  /** Default: the released image of this version. */
  image: z
    .string()
    .regex(
      /^[a-z0-9][a-zA-Z0-9.:/_-]+@sha256:[0-9a-f]{64}$/,
      'must be an image by its digest, such as ghcr.io/team/macie-isolator@sha256:…',
    )
    .optional(),
  architecture: z.enum(['ARM64', 'X86_64'], 'must be ARM64 or X86_64').default('ARM64'),
  organizationId: z
    .string()
    .regex(/^o-[a-z0-9]{10,32}$/, 'must be the id of an organization, such as o-a1b2c3d4e5')
    .optional(),
  memberRoleExternalId: z
    .string()
    .regex(/^[a-zA-Z0-9_+=,.@:/-]{8,1224}$/, 'must be 8 to 1224 letters, digits and characters of _+=,.@:/-')
    .optional(),
  /** Templates beside data plane, network, service and Macie. */
  also: list(z.enum(furtherTemplates, `must be one of ${furtherTemplates.join(', ')}`)).default([
    'operations',
  ]),
  /** Parameters of templates that no answer stands for, by template and name. */
  parameters: z
    .partialRecord(z.enum(everyTemplate), z.record(z.string().regex(/^[A-Za-z0-9]+$/), z.coerce.string()))
    .default({}),
};

export const answersSchema = z.strictObject(answersShape).superRefine((answers, context) => {
  const refuse = (name: AnswerName, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message, input: answers[name] });
  const { confirmFindings, macie, memberRoleExternalId, organizationId, sourceBuckets, trialBucket } =
    answers;
  if (sourceBuckets.length === 0 && trialBucket === 'none' && organizationId === undefined) {
    refuse('sourceBuckets', 'must name a bucket, or trialBucket must be unversioned or versioned');
  }
  if (organizationId !== undefined && memberRoleExternalId === undefined) {
    refuse(
      'memberRoleExternalId',
      'must be given with organizationId; the member roles ask for the same text',
    );
  }
  if (macie === 'elsewhere' && confirmFindings === 'macie') {
    refuse(
      'confirmFindings',
      'must be never, as the Macie of this account does not know findings of elsewhere',
    );
  }
});

export type Answers = z.output<typeof answersSchema>;
/** Answers as a file or flags give them. */
export type GivenAnswers = Readonly<Partial<Record<AnswerName, unknown>>>;
export type AnswerName = keyof typeof answersShape;

export const answerNames = Object.keys(answersShape) as readonly AnswerName[];

/** Whether macie.yaml is deployed. */
export function hasMacieStack(macie: Answers['macie']): boolean {
  return macie === 'enable' || macie === 'enabled';
}
