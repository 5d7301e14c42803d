import { addressedBucket } from '../access/addressed.ts';
import type { Operation } from '../exchange.ts';
import { S3Error } from '../s3-error.ts';
import { xmlDocument } from '../xml.ts';

/** What is only shown: objects are not encrypted, and nobody is kept off by it. */
export const getBucketEncryption: Operation = (exchange) => {
  const { defaultKey } = addressedBucket(exchange);
  if (defaultKey === undefined) throw new S3Error('ServerSideEncryptionConfigurationNotFoundError');
  const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: defaultKey };
  return {
    xml: xmlDocument('ServerSideEncryptionConfiguration', { Rule: { ApplyServerSideEncryptionByDefault } }),
  };
};

export const getPublicAccessBlock: Operation = (exchange) => {
  const { blocksPublicAccess } = addressedBucket(exchange);
  if (blocksPublicAccess === undefined) throw new S3Error('NoSuchPublicAccessBlockConfiguration');
  return {
    xml: xmlDocument('PublicAccessBlockConfiguration', {
      BlockPublicAcls: blocksPublicAccess,
      IgnorePublicAcls: blocksPublicAccess,
      BlockPublicPolicy: blocksPublicAccess,
      RestrictPublicBuckets: blocksPublicAccess,
    }),
  };
};

export const getObjectLockConfiguration: Operation = (exchange) => {
  const { defaultRetention, objectLock } = addressedBucket(exchange);
  if (!objectLock) throw new S3Error('ObjectLockConfigurationNotFoundError');
  const { days: Days, mode: Mode } = defaultRetention ?? {};
  return {
    xml: xmlDocument('ObjectLockConfiguration', {
      ObjectLockEnabled: 'Enabled',
      ...(defaultRetention && { Rule: { DefaultRetention: { Mode, Days } } }),
    }),
  };
};
