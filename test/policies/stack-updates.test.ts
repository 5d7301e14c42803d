import { describe, expect, it } from 'vitest';
import {
  administrator,
  at,
  authorizer,
  deploying,
  isolationKey,
  queue,
  topic,
} from '../support/policy-requests.ts';

const inBucket = [
  'PutBucketPolicy',
  'PutBucketVersioning',
  'PutBucketObjectLockConfiguration',
  'PutEncryptionConfiguration',
  'PutBucketPublicAccessBlock',
  'PutBucketOwnershipControls',
  'PutLifecycleConfiguration',
  'PutBucketLogging',
].map((action) => at(`s3:${action}`));
const inQueues = ['findings', 'findings-dead-letter', 'rules-dead-letter'].flatMap((name) =>
  ['SetQueueAttributes', 'AddPermission', 'RemovePermission', 'DeleteQueue'].map((action) =>
    queue(`sqs:${action}`, name),
  ),
);
const inTopics = ['alerts', 'alarms'].flatMap((name) =>
  ['SetTopicAttributes', 'Subscribe', 'DeleteTopic'].map((action) => topic({}, `sns:${action}`, name)),
);

// Bucket and key outlive their stack, so a deletion of it leaves them alone.
/** What CloudFormation calls, as the role that deploys, where it updates the stack of the data plane or deletes it. */
const calls = [...inBucket, ...inQueues, ...inTopics, isolationKey('kms:PutKeyPolicy')].map(
  (request) => [`${request.action} on ${request.resource.split(':').at(-1)}`, request] as const,
);

describe('the stack of the data plane', () => {
  it.each(calls)('is updated and deleted by the role that deploys it: %s', async (_, request) => {
    expect(await authorizer.verdict(deploying, request)).toBe('Allowed');
  });

  it.each(calls)('is neither updated nor deleted by an administrator: %s', async (_, request) => {
    expect(await authorizer.verdict(administrator, request)).toMatch(/Denied$/);
  });
});
