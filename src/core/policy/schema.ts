import * as z from 'zod';
import { severities } from '../finding.ts';
import { isTopicArn } from '../topic-arn.ts';

/** Bounds that no handwritten policy reaches. They keep a policy from taking the time of the findings. */
const limits = { rules: 1_000, values: 1_000, text: 1_024, tests: 1_000 };

const text = z.string('must be text; put it in quotes').min(1, 'must not be empty').max(limits.text);
const digits = z
  .string('must be text: put the number in quotes, or its leading zeros are lost')
  .min(1)
  .max(limits.text);
const oneOrMore = <Schema extends z.ZodType<string>>(schema: Schema) =>
  z
    .union([schema, z.array(schema).min(1, 'must name at least one').max(limits.values)])
    .transform((value): readonly z.output<Schema>[] => (Array.isArray(value) ? value : [value]));
const words = <const Word extends string>(known: readonly Word[]) =>
  oneOrMore(z.enum(known, `must be one of ${known.map((word) => JSON.stringify(word)).join(', ')}`));
const flag = z.boolean('must be true or false');

const units = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};
const sizeForm = 'must be a number of bytes, or one with a unit such as "10 MB" or "10 MiB"';
const size = z.union(
  [
    z.int().min(0, sizeForm),
    z
      .string()
      .regex(/^\d+(\.\d+)? ?(B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$/)
      .transform((written) => {
        const [, amount = '', unit = 'B'] = /^([\d.]+) ?(\w+)$/.exec(written) ?? [];
        return Math.round(Number(amount) * units[unit as keyof typeof units]);
      }),
  ],
  sizeForm,
);

export const origins = ['eventbridge', 'backfill', 'replay', 'manual'] as const;

/**
 * The conditions besides `not` and `anyOf`. All named conditions must hold. A condition with a list holds if
 * one of the values matches.
 */
const conditions = {
  severity: words(severities).optional(),
  minSeverity: z.enum(severities, 'must be "Low", "Medium" or "High"').optional(),
  type: oneOrMore(text).optional(),
  category: oneOrMore(text).optional(),
  storageClass: oneOrMore(text).optional(),
  discovery: words(['job', 'automated']).optional(),
  encryption: words(['none', 'AES256', 'aws:kms', 'aws:kms:dsse']).optional(),
  account: oneOrMore(digits).optional(),
  region: oneOrMore(text).optional(),
  jobId: oneOrMore(digits).optional(),
  bucket: oneOrMore(text).optional(),
  key: oneOrMore(text).optional(),
  extension: oneOrMore(
    z
      .string('must be text; put it in quotes')
      .max(limits.text)
      .regex(/^[^.]/, 'is written without the dot')
      .or(z.literal('')),
  ).optional(),
  minSize: size.optional(),
  maxSize: size.optional(),
  publicAccess: flag.optional(),
  partial: flag.optional(),
  customDataIdentifier: oneOrMore(text).optional(),
  managedDataIdentifier: oneOrMore(text).optional(),
  minCount: z.int('must be a whole number').min(1, 'must be 1 or more').optional(),
  objectTag: oneOrMore(text).optional(),
  bucketTag: oneOrMore(text).optional(),
  origin: words(origins).optional(),
};

const plain = z.strictObject(conditions);

export type When = z.output<typeof plain> & {
  readonly not?: When | undefined;
  readonly anyOf?: readonly When[] | undefined;
};

const when: z.ZodType<When> = z
  .strictObject({
    ...conditions,
    get not() {
      return when.optional();
    },
    get anyOf() {
      return z.array(when).min(1, 'must hold at least one').max(limits.values).optional();
    },
  })
  .refine((all) => Object.values(all).some((value) => value !== undefined), {
    error: 'must hold at least one condition',
    // A misspelt member is reported as misspelt.
    when: ({ issues }) => issues.length === 0,
  })
  .refine(({ maxSize, minSize }) => minSize === undefined || maxSize === undefined || minSize <= maxSize, {
    error: 'is never met: minSize is above maxSize',
  });

const name = z
  .string('must be text; put it in quotes')
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must be up to 64 letters, digits, dots, hyphens or underscores',
  )
  .refine((given) => given !== 'default', 'must not be "default", which names the block below the rules');

export const actions = ['isolate', 'alert', 'ignore'] as const;
const action = z.enum(actions, 'must be "isolate", "alert" or "ignore"');

const topicForm = 'must be the ARN of a standard SNS topic';
const limitForm = 'must be a number of findings in an hour, such as 500/hour';

const tagCharacters = /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u;
const tagForm = 'must only hold letters, digits, spaces and _ . : / = + - @';

/** Tags for the copy, as S3 takes them. */
const tags = z
  .record(
    z
      .string()
      .min(1, 'must have a name')
      .max(128, 'must have a name of at most 128 characters')
      .regex(tagCharacters, tagForm)
      .refine((text) => !/^aws:/i.test(text), 'must not begin with aws: (S3 reserves it)'),
    z
      .string('must be text; put it in quotes')
      .max(256, 'must be at most 256 characters')
      .regex(tagCharacters, tagForm),
  )
  .refine((all) => Object.keys(all).length <= 10, 'must be at most ten: S3 takes no more');

const rule = z.strictObject({
  name,
  when,
  action,
  sourceVersions: z
    .enum(['flagged', 'identical', 'all'], 'must be "flagged", "identical" or "all"')
    .optional(),
  quiet: flag.optional(),
  tags: tags.optional(),
  dryRun: flag.optional(),
  limit: z
    .string(limitForm)
    .regex(/^[1-9]\d{0,8}\/hour$/, limitForm)
    .optional(),
  alert: z.string(topicForm).refine(isTopicArn, topicForm).optional(),
});

const day = z
  .string('must be a day such as 2027-06-30')
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day such as 2027-06-30')
  .refine((text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text), {
    message: 'is no day of the calendar',
  });

const exception = z.strictObject({
  name,
  when,
  reason: z.string('must be text').min(1, 'must say why').max(limits.text),
  until: day.optional(),
});

const identifiers = z.record(z.string(), z.int().min(1));

/** A short form of a finding for tests: every field that a test does not name is absent. */
const shorthand = z.strictObject({
  severity: z.enum(severities, 'must be "Low", "Medium" or "High"').optional(),
  type: text.optional(),
  category: text.optional(),
  account: digits.optional(),
  region: text.optional(),
  jobId: digits.optional(),
  discovery: z.enum(['job', 'automated']).optional(),
  bucket: text.optional(),
  key: text.optional(),
  size: size.optional(),
  storageClass: text.optional(),
  encryption: z.enum(['none', 'AES256', 'aws:kms', 'aws:kms:dsse']).optional(),
  publicAccess: flag.optional(),
  partial: flag.optional(),
  customDataIdentifiers: identifiers.optional(),
  managedDataIdentifiers: identifiers.optional(),
  objectTags: z.record(z.string(), z.string()).optional(),
  bucketTags: z.record(z.string(), z.string()).optional(),
  origin: z.enum(origins).optional(),
});

const policyTest = z.strictObject({
  name: z.string('must be text').min(1).max(limits.text),
  finding: z.union(
    [shorthand, z.string().min(1).max(4_096)],
    'must be a finding in short, or the path of a file',
  ),
  expect: z.strictObject({ rule: z.string().min(1).optional(), action }),
});

export const policySchema = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1, 'must be 1'),
  never: z.array(exception).max(limits.rules).optional(),
  rules: z.array(rule).max(limits.rules),
  default: action,
  tests: z.array(policyTest).max(limits.tests).optional(),
});

export type PolicyDocument = z.output<typeof policySchema>;
export type RuleDocument = PolicyDocument['rules'][number];
export type ExceptionDocument = NonNullable<PolicyDocument['never']>[number];
export type TestDocument = NonNullable<PolicyDocument['tests']>[number];
export type Shorthand = z.output<typeof shorthand>;

/** Returns the fields that may stand at a path of a policy, to help with a misspelt field. */
export function fieldNames(path: readonly (string | number)[]): readonly string[] {
  const names = (shape: object): string[] => Object.keys(shape);
  if (path.length === 0) return names(policySchema.shape);
  if (path.includes('when')) return [...names(conditions), 'not', 'anyOf'];
  if (path.includes('finding')) return names(shorthand.shape);
  if (path.includes('expect')) return names(policyTest.shape.expect.shape);
  const blocks: Readonly<Record<string, object>> = {
    never: exception.shape,
    rules: rule.shape,
    tests: policyTest.shape,
  };
  return names(blocks[String(path[0])] ?? {});
}
