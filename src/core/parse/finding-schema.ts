import * as z from 'zod';
import { releaseMark } from '../evidence/release-records.ts';
import { regionPattern, unreadableRegion } from '../region.ts';

/** Treats absent, null and malformed alike: as absent. Use it only for members whose absence permits nothing. */
function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.optional().catch(undefined);
}

/**
 * Parses every element of a list. An element that is not understood becomes `null`, and a value that is not a
 * list becomes one such element.
 */
function list<Schema extends z.ZodType>(element: Schema) {
  return z
    .unknown()
    .optional()
    .transform((value): readonly (z.output<Schema> | null)[] => {
      if (value === undefined || value === null) return [];
      if (!Array.isArray(value)) return [null];
      return value.map((each: unknown) => element.safeParse(each).data ?? null);
    });
}

const text = (maximum: number) => optional(z.string().max(maximum));
/** A whole number, or its digits as text: Macie's discovery results write numbers as text. */
const whole = optional(
  z.union([
    z.int().nonnegative(),
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
  ]),
);
/** An absent flag means that the finding is real. So a malformed flag must not count as absent. */
const flag = z
  .union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })])
  .nullish()
  .transform((value): boolean | 'unreadable' | undefined => value ?? undefined)
  .catch('unreadable');
/** An absent region means the region of the isolation bucket. So a malformed region must not count as absent. */
const region = z
  .string()
  .regex(regionPattern)
  .nullish()
  .transform((name) => name ?? undefined)
  .catch(unreadableRegion);
const name = z.string();

/** A constant of Macie, such as `PERSONAL_INFORMATION`. Any other value could be a text that somebody else chose. */
const constant = optional(z.string().regex(/^[A-Z][A-Z_]{0,63}$/));
/** Findings hold the bare id in the member `arn`, whatever its name says (aws-facts 1). An ARN is understood as well. */
const identifierArn = optional(
  z.string().regex(/^(arn:[\w-]+:macie2:[\w-]*:\d*:custom-data-identifier\/)?[\w-]{1,64}$/),
);

const tag = z.object({ key: z.string().max(128), value: z.string().max(256).optional().catch(undefined) });
const maximumTags = 100;
/** Tags that are not understood are absent, which permits nothing to a policy. */
const tagList = optional(z.array(tag).max(maximumTags).nullable());

const custom = z.object({ detections: list(z.object({ name, count: whole, arn: identifierArn })) });
const notUnderstood = { sensitiveData: [null] };
const result = z
  .object({
    sensitiveData: list(
      z.object({ category: constant, detections: list(z.object({ type: name, count: whole })) }),
    ),
    status: optional(z.object({ code: constant })),
    customDataIdentifiers: custom.nullish().catch({ detections: [null] }),
  })
  .nullish()
  .catch(notUnderstood);

/** The members of Macie's model that are used. Each member is bounded, and absent if it is malformed. */
export const detailSchema = z.object({
  id: optional(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/)),
  accountId: optional(z.string().regex(/^\d{12}$/)),
  region,
  type: optional(z.string().regex(/^[A-Za-z0-9:/_-]{1,128}$/)),
  category: constant,
  severity: optional(z.object({ description: text(16), score: whole })),
  createdAt: text(64),
  sample: flag,
  archived: flag,
  resourcesAffected: optional(
    z.object({
      s3Bucket: optional(
        z.object({
          name: text(255),
          publicAccess: optional(z.object({ effectivePermission: constant })),
          tags: tagList,
        }),
      ),
      s3Object: optional(
        z.object({
          key: optional(z.string().min(1).max(1024)),
          eTag: text(128),
          etag: text(128),
          versionId: text(512),
          size: whole,
          extension: optional(z.string().regex(/^[A-Za-z0-9]{0,32}$/)),
          storageClass: constant,
          serverSideEncryption: optional(z.object({ encryptionType: text(32) })),
          /**
           * Tags that are not understood may hold the mark of a release. Looking for a release record costs
           * one call.
           */
          tags: z
            .array(tag.nullable().catch(null))
            .max(maximumTags)
            .nullish()
            .catch([{ key: releaseMark }]),
        }),
      ),
    }),
  ),
  classificationDetails: z
    .object({ result, jobId: optional(z.string().regex(/^[A-Za-z0-9-]{0,128}$/)), originType: constant })
    .nullish()
    .catch({ result: notUnderstood, jobId: undefined, originType: undefined }),
});

export type Detail = z.output<typeof detailSchema>;

/** The envelope of EventBridge. */
export const envelopeSchema = z.object({
  'detail-type': z.string().max(256),
  time: text(64),
  region,
  detail: z.record(z.string(), z.unknown()),
});
