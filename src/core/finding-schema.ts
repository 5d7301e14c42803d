import * as z from 'zod';

/** Absent, null and malformed are the same: not there. */
function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.optional().catch(undefined);
}

/** One malformed element must not hide the others. */
function element<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullable().catch(null);
}

const text = (maximum: number) => optional(z.string().max(maximum));
const count = z.int().nonnegative().catch(0);
const name = z.string().max(1024);

/** The members of Macie's model that are used; each bounded, and absent where it is not as it should be. */
export const detailSchema = z.object({
  id: optional(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/)),
  accountId: optional(z.string().regex(/^\d{12}$/)),
  region: optional(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/)),
  type: optional(z.string().regex(/^[A-Za-z0-9:/_-]{1,128}$/)),
  category: text(64),
  severity: optional(z.object({ description: text(16) })),
  createdAt: text(64),
  sample: optional(z.boolean()),
  archived: optional(z.boolean()),
  resourcesAffected: optional(
    z.object({
      s3Bucket: optional(z.object({ name: text(255) })),
      s3Object: optional(
        z.object({
          key: optional(z.string().min(1).max(1024)),
          eTag: text(128),
          versionId: text(512),
          size: optional(z.int().nonnegative()),
          tags: optional(z.array(element(z.object({ key: z.string().max(128) }))).max(100)),
        }),
      ),
    }),
  ),
  classificationDetails: optional(
    z.object({
      result: optional(
        z.object({
          sensitiveData: optional(
            z.array(
              element(z.object({ detections: optional(z.array(element(z.object({ type: name, count })))) })),
            ),
          ),
          customDataIdentifiers: optional(
            z.object({ detections: optional(z.array(element(z.object({ name, count })))) }),
          ),
        }),
      ),
    }),
  ),
});

export type Detail = z.output<typeof detailSchema>;

/** EventBridge's. */
export const envelopeSchema = z.object({
  id: detailSchema.shape.id,
  source: text(256),
  'detail-type': z.string().max(256),
  time: text(64),
  region: detailSchema.shape.region,
  detail: z.record(z.string(), z.unknown()),
});
