import * as z from 'zod';

export function queueUrl() {
  return z
    .url({ protocol: /^https?$/, error: 'must be the URL of an SQS queue' })
    .refine(
      (url) => /\/\d{12}\/[A-Za-z0-9_-]{1,80}$/.test(url),
      'must be the URL of a standard SQS queue, ending in /<account>/<name>',
    );
}

export function integer(minimum: number, maximum: number) {
  const error = `must be a whole number from ${minimum} to ${maximum}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, error)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, error);
}

export function endpoint(description: string) {
  return z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .optional()
    .meta({ group: 'AWS', description });
}
