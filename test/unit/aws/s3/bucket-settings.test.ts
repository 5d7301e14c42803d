import type { S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { bucketSettings } from '../../../../src/aws/s3/bucket/bucket-settings.ts';

it.each([
  ['days', { Mode: 'GOVERNANCE', Days: 30 }, { mode: 'GOVERNANCE', days: 30 }],
  ['years', { Mode: 'COMPLIANCE', Years: 7 }, { mode: 'COMPLIANCE', years: 7 }],
])('reads a default retention in %s', async (_, DefaultRetention, lock) => {
  const Rule = { DefaultRetention };
  const send = async () => ({ ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule } });
  const client = { send } as unknown as S3Client;

  expect(await bucketSettings(client, 'isolation', '111122223333').lock()).toEqual(lock);
});
