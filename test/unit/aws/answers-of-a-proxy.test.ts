import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { Macie2Client } from '@aws-sdk/client-macie2';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { missingTypes } from '../../../src/aws/cloudformation/resource-types.ts';
import { countVpcs, findSubnet } from '../../../src/aws/ec2/networks.ts';
import { readRoleArn } from '../../../src/aws/iam/role-arn.ts';
import { roleExists } from '../../../src/aws/iam/role-exists.ts';
import { keySettings } from '../../../src/aws/kms/key.ts';
import { macieSession } from '../../../src/aws/macie/account.ts';
import { archivingFilters, automatedDiscovery } from '../../../src/aws/macie/never-shown.ts';
import { createDeadLetterQueue } from '../../../src/aws/queue/dead-letter-queue.ts';
import { existingQueues } from '../../../src/aws/queue/existing-queues.ts';
import { queueAttributes } from '../../../src/aws/queue/queue-attributes.ts';
import { bucketSettings } from '../../../src/aws/s3/bucket/bucket-settings.ts';
import type { HeldLetter } from '../../../src/core/operate/dead-letters/each-letter.ts';

const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
const closers: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Answers 200 with these texts, one after the other, and with the last one from then on. */
async function common(...texts: readonly string[]) {
  const left = [...texts];
  const server = createServer((_, response) => {
    const text = left.length > 1 ? left.shift() : left[0];
    response.setHeader('content-type', text?.startsWith('{') ? 'application/json' : 'text/xml').end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { region: 'us-east-1', endpoint, credentials, maxAttempts: 1, forcePathStyle: true };
}

type Client = { destroy(): void };
const closed = <Any extends Client>(client: Any): Any => {
  closers.push(() => client.destroy());
  return client;
};
const ofS3 = async (text: string) =>
  bucketSettings(closed(new S3Client(await common(text))), 'isolation', '111122223333');
const ofKms = async (text: string) => keySettings(closed(new KMSClient(await common(text))), 'key');
const ofMacie = async (...texts: readonly string[]) => closed(new Macie2Client(await common(...texts)));
const ofEc2 = async (text: string) => {
  const { endpoint, region } = await common(text);
  return { service: 'ec2', region, endpoint, credentials, signal: new AbortController().signal };
};

const page = '<html><body>Sign in</body></html>';
const discovery = JSON.stringify({ status: 'ENABLED', classificationScopeId: 'scope' });
const filters = JSON.stringify({ findingsFilterListItems: [{ action: 'ARCHIVE', id: 'f' }] });

describe('an answer with status 200 and without what AWS always says', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['how many networks there are', async () => countVpcs(await ofEc2(page))],
    ['where a subnet is', async () => findSubnet(await ofEc2(page), 'subnet-1')],
    ['a subnet without a zone', async () => findSubnet(await ofEc2('<subnetSet/>'), 'subnet-1')],
    [
      'that the region has a type of resource',
      async () => missingTypes(closed(new CloudFormationClient(await common(page))), ['AWS::S3::Bucket']),
    ],
    ['that a role exists', async () => roleExists(closed(new IAMClient(await common(page))), 'ecs')],
    ['the ARN of a role', async () => readRoleArn(closed(new IAMClient(await common(page))), 'ecs')],
    ['that discovery leaves no bucket out', async () => automatedDiscovery(await ofMacie(discovery, '{}'))],
    ['that discovery is off', async () => automatedDiscovery(await ofMacie('{"status":"ENABLED"}'))],
    ['what a filter archives', async () => archivingFilters(await ofMacie(filters, '{}'))],
    ['that Macie is paused', async () => macieSession(await ofMacie('{}'))],
    ['that a key cannot be used', async () => (await ofKms('{}')).state()],
    ['that a key is not rotated', async () => (await ofKms('{}')).rotates()],
    [
      'how a queue is set',
      async () => queueAttributes(closed(new SQSClient(await common('{}'))), 'http://sqs/q'),
    ],
    [
      'that the name of a queue is taken',
      async () => existingQueues(closed(new SQSClient(await common('{}'))), ['q']),
    ],
    ['that a bucket has no default retention', async () => (await ofS3(page)).lock()],
    ['that a bucket does not encrypt', async () => (await ofS3(page)).encryption()],
    ['that a bucket may be public', async () => (await ofS3(page)).publicAccess()],
  ])('does not say %s', async (_, ask) => {
    await expect(ask()).rejects.toMatchObject({ code: expect.stringMatching(/^AnswerWithout/) as string });
  });

  it.each([
    ['{}', 'NoAnswer'],
    ['{"Failed":[{"Id":"0","Code":"ReceiptHandleIsInvalid","SenderFault":true}]}', 'ReceiptHandleIsInvalid'],
  ])('does not say that a parked message is deleted: %s', async (text, code) => {
    const client = closed(new SQSClient(await common(text)));
    const queue = createDeadLetterQueue(client, 'findings', 'http://sqs/q');
    const letter = { receiptHandle: 'r' } as HeldLetter;

    await expect(queue.delete(letter)).rejects.toMatchObject({ code });
  });

  it('is not the one with an empty set, which EC2 gives where there is none', async () => {
    expect(await countVpcs(await ofEc2('<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>'))).toBe(0);
  });
});
