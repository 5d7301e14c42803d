import * as z from 'zod';
import { fenceModes } from '../fences.ts';
import { severities } from '../finding.ts';
import { isTopicArn } from '../topic-arn.ts';
import { day, digits, flag, limits, size, tags, text } from './schema-values.ts';
import { conditions, origins, when } from './when-schema.ts';

const name = z
  .string('must be text; put it in quotes')
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must be up to 64 letters, digits, dots, hyphens or underscores',
  )
  .refine((given) => given !== 'default', 'must not be "default", which names the block below the rules');

export const actions = ['isolate', 'fence', 'alert', 'ignore'] as const;
const action = z.enum(actions, 'must be "isolate", "fence", "alert" or "ignore"');

const topicForm = 'must be the ARN of a standard SNS topic';
const limitForm = 'must be a number of findings in an hour, such as 500/hour';

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
  fence: z.enum(fenceModes, 'must be "off", "kept" or "first"').optional(),
  limit: z
    .string(limitForm)
    .regex(/^[1-9]\d{0,8}\/hour$/, limitForm)
    .optional(),
  alert: z.string(topicForm).refine(isTopicArn, topicForm).optional(),
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
