import { regionPattern } from './region.ts';

const form = /^arn:aws[a-z-]*:sns:[^:]+:\d{12}:[A-Za-z0-9_-]{1,256}$/;

/** Whether a text is the ARN of a standard topic. */
export function isTopicArn(arn: string): boolean {
  return form.test(arn) && regionPattern.test(arn.split(':')[3] ?? '');
}
