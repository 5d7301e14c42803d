import * as z from 'zod';

/** Bounds that no handwritten policy reaches. They keep a policy from taking the time of the findings. */
export const limits = { rules: 1_000, values: 1_000, text: 1_024, tests: 1_000 };

export const text = z.string('must be text; put it in quotes').min(1, 'must not be empty').max(limits.text);
export const digits = z
  .string('must be text: put the number in quotes, or its leading zeros are lost')
  .min(1)
  .max(limits.text);
export const oneOrMore = <Schema extends z.ZodType<string>>(schema: Schema) =>
  z
    .union([schema, z.array(schema).min(1, 'must name at least one').max(limits.values)])
    .transform((value): readonly z.output<Schema>[] => (Array.isArray(value) ? value : [value]));
export const words = <const Word extends string>(known: readonly Word[]) =>
  oneOrMore(z.enum(known, `must be one of ${known.map((word) => JSON.stringify(word)).join(', ')}`));
export const flag = z.boolean('must be true or false');

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
export const size = z.union(
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

const tagCharacters = /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u;
const tagForm = 'must only hold letters, digits, spaces and _ . : / = + - @';

/** Tags for the copy, as S3 takes them. */
export const tags = z
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

export const day = z
  .string('must be a day such as 2027-06-30')
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day such as 2027-06-30')
  .refine((text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text), {
    message: 'is no day of the calendar',
  });
