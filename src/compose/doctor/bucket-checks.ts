import { bucketSettings } from '../../aws/s3/bucket/bucket-settings.ts';
import {
  judgeEncryption,
  judgeLock,
  judgePublicAccess,
  judgeVersioning,
} from '../../core/operate/doctor/judge-bucket.ts';
import { judgeBucketPolicy } from '../../core/operate/doctor/judge-bucket-policy.ts';
import type { Check } from '../../core/operate/doctor/run-checks.ts';
import { placeOf } from '../operator/isolation-bucket.ts';
import type { LookedAt } from './looked-at.ts';

/** Checks of the settings that protect copies and evidence. */
export function bucketChecks({ bucketPolicy, clients, settings }: LookedAt): readonly Check[] {
  const { name, owner } = placeOf(settings);
  const bucket = bucketSettings(clients.s3(), name, owner);
  const key = settings.ISOLATION_KMS_KEY_ID;
  return [
    { name: 'bucket encryption', judge: async () => judgeEncryption(await bucket.encryption(), key) },
    { name: 'bucket versioning', judge: async () => judgeVersioning(await bucket.versioning(), name) },
    { name: 'bucket lock', judge: async () => judgeLock(await bucket.lock()) },
    { name: 'bucket public access', judge: async () => judgePublicAccess(await bucket.publicAccess(), name) },
    { name: 'bucket policy', judge: async () => judgeBucketPolicy(await bucketPolicy()) },
  ];
}
