import * as z from 'zod';
import { regionPattern } from '../core/region.ts';
import { isTopicArn } from '../core/topic-arn.ts';

export function queueUrl() {
  return z
    .url({ protocol: /^https?$/, error: 'must be the URL of an SQS queue' })
    .refine(
      (url) => /^[^?#]*\/\d{12}\/[A-Za-z0-9_-]{1,80}$/.test(url),
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

export function regionList() {
  return z
    .string()
    .transform((list) => list.split(',').map((region) => region.trim()))
    .refine(
      (regions) => regions.every((region) => regionPattern.test(region)),
      'must be a list of regions with commas between',
    );
}

export function topicArn() {
  return z.string().refine(isTopicArn, 'must be the ARN of a standard SNS topic');
}

export function busArn() {
  return z
    .string()
    .refine(
      (arn) =>
        /^arn:aws[a-z-]*:events:[^:]+:\d{12}:event-bus\/[A-Za-z0-9._/-]{1,256}$/.test(arn) &&
        regionPattern.test(arn.split(':')[3] ?? ''),
      'must be the ARN of an event bus',
    );
}

export function endpoint(description: string) {
  return z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .optional()
    .meta({ group: 'AWS', description });
}
