import * as z from 'zod';
import { severities } from '../finding.ts';
import { digits, flag, limits, oneOrMore, size, text, words } from './schema-values.ts';

export const origins = ['eventbridge', 'backfill', 'replay', 'manual'] as const;

/**
 * The conditions besides `not` and `anyOf`. All named conditions must hold. A condition with a list holds if
 * one of the values matches.
 */
export const conditions = {
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

export const when: z.ZodType<When> = z
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
