import { PutObjectLegalHoldCommand, type S3Client } from '@aws-sdk/client-s3';
import { awsErrorName, messageOf } from '../../sdk/aws-errors.ts';

/** S3 says it so, and has no error name of its own for it. */
const noLock = /^bucket is missing object lock configuration\.?$/i;

export interface HeldVersion {
  readonly bucket: string;
  readonly owner: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}

/**
 * Puts the legal hold of one version, or takes it away. Returns `no-object-lock` if the bucket was created
 * without Object Lock. Other errors of the SDK are passed on.
 */
export async function setLegalHold(
  client: S3Client,
  { bucket, key, owner, versionId }: HeldVersion,
  status: 'ON' | 'OFF',
): Promise<'done' | 'no-object-lock'> {
  try {
    await client.send(
      new PutObjectLegalHoldCommand({
        Bucket: bucket,
        Key: key,
        VersionId: versionId,
        ExpectedBucketOwner: owner,
        LegalHold: { Status: status },
      }),
    );
    return 'done';
  } catch (error) {
    const isWithoutLock = awsErrorName(error) === 'InvalidRequest' && noLock.test(messageOf(error));
    if (isWithoutLock || awsErrorName(error) === 'ObjectLockConfigurationNotFoundError')
      return 'no-object-lock';
    throw error;
  }
}
