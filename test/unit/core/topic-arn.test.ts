import { expect, it } from 'vitest';
import { isTopicArn } from '../../../src/core/topic-arn.ts';

it.each([
  ['arn:aws:sns:eu-west-1:111122223333:alerts', true],
  ['arn:aws-us-gov:sns:us-gov-west-1:111122223333:Alerts_of-2', true],
  [`arn:aws:sns:eu-west-1:111122223333:${'a'.repeat(256)}`, true],
  [`arn:aws:sns:eu-west-1:111122223333:${'a'.repeat(257)}`, false],
  ['arn:aws:sns:eu-west-1:111122223333:', false],
  ['arn:aws:sns:eu-west-1:111122223333:alerts.fifo', false],
  ['arn:aws:sns:eu-west-1:111122223333:alerts:subscription', false],
  ['x arn:aws:sns:eu-west-1:111122223333:alerts', false],
  ['arn:aws1:sns:eu-west-1:111122223333:alerts', false],
  ['arn:gcp:sns:eu-west-1:111122223333:alerts', false],
  ['arn:aws:sqs:eu-west-1:111122223333:alerts', false],
  ['arn:aws:sns:europe:111122223333:alerts', false],
  ['arn:aws:sns::111122223333:alerts', false],
  ['arn:aws:sns:eu-west-1:11112222333:alerts', false],
  ['arn:aws:sns:eu-west-1:1111222233334:alerts', false],
  ['arn:aws:sns:eu-west-1:11112222333a:alerts', false],
  ['', false],
])('%s is the ARN of a standard topic: %s', (arn, is) => {
  expect(isTopicArn(arn)).toBe(is);
});
