import {
  GetBucketEncryptionCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { BucketEncryption, PublicAccess } from '../../../core/operate/doctor/judge-bucket.ts';
import { listOf, valueOf } from '../../sdk/answered.ts';
import { awsErrorName } from '../../sdk/aws-errors.ts';
import { bucketPolicy } from './bucket-policy.ts';
import { bucketVersioning } from './bucket-versioning.ts';

/** Reads the settings of a bucket, with the operator's permissions. Errors of the SDK are passed on. */
export function bucketSettings(client: S3Client, Bucket: string, ExpectedBucketOwner: string) {
  const input = { Bucket, ExpectedBucketOwner };
  return {
    async region(): Promise<string | undefined> {
      try {
        return (await client.send(new HeadBucketCommand(input))).BucketRegion;
      } catch (error) {
        const region = regionNamedBy(error);
        if (region !== undefined) return region;
        throw error;
      }
    },
    encryption: () =>
      unlessAbsent('ServerSideEncryptionConfigurationNotFoundError', async (): Promise<BucketEncryption> => {
        const answer = await client.send(new GetBucketEncryptionCommand(input));
        const [rule] = listOf(answer.ServerSideEncryptionConfiguration?.Rules, 'GetBucketEncryption');
        const { KMSMasterKeyID: kmsKeyId, SSEAlgorithm: algorithm = '' } =
          rule?.ApplyServerSideEncryptionByDefault ?? {};
        return { algorithm, ...(kmsKeyId !== undefined && { kmsKeyId }) };
      }),
    async versioning(): Promise<string | undefined> {
      return (await bucketVersioning(client, input)).Status;
    },
    lock: () =>
      unlessAbsent('ObjectLockConfigurationNotFoundError', async () => {
        const answer = await client.send(new GetObjectLockConfigurationCommand(input));
        const { ObjectLockEnabled, Rule } = answer.ObjectLockConfiguration ?? {};
        valueOf(ObjectLockEnabled, 'GetObjectLockConfiguration', 'state');
        const { Days, Mode, Years } = Rule?.DefaultRetention ?? {};
        return {
          ...(Mode && { mode: Mode }),
          ...(Days !== undefined && { days: Days }),
          ...(Years !== undefined && { years: Years }),
        };
      }),
    publicAccess: () =>
      unlessAbsent('NoSuchPublicAccessBlockConfiguration', async (): Promise<PublicAccess> => {
        const answer = await client.send(new GetPublicAccessBlockCommand(input));
        const { BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets } =
          answer.PublicAccessBlockConfiguration ?? {};
        const settings = [BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets];
        return {
          isBlocked: settings.every((each) => valueOf(each, 'GetPublicAccessBlock', 'setting')),
        };
      }),
    policy: () => bucketPolicy(client, input),
  };
}

/** S3 names the region of a bucket also where it refuses the call: to another region, or to this caller. */
function regionNamedBy(error: unknown): string | undefined {
  const { $response } = error as {
    readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
  };
  return $response?.headers?.['x-amz-bucket-region'];
}

async function unlessAbsent<Value>(name: string, read: () => Promise<Value>): Promise<Value | 'none'> {
  try {
    return await read();
  } catch (error) {
    if (awsErrorName(error) === name) return 'none';
    throw error;
  }
}
