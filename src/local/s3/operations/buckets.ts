import { addressedBucket } from '../access/addressed.ts';
import { checkedPolicy } from '../access/bucket-policy.ts';
import { type Operation } from '../exchange.ts';
import { S3Error } from '../s3-error.ts';
import type { Versioning } from '../store/bucket.ts';
import { bytesContent } from '../store/content.ts';
import { xmlDocument, xmlText } from '../xml.ts';

export const createBucket: Operation = ({ store, request }) => {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(request.bucket)) throw new S3Error('InvalidBucketName');
  const region = xmlText(request.body.toString('utf8'), 'LocationConstraint');
  const objectLock = request.headers['x-amz-bucket-object-lock-enabled']?.toLowerCase() === 'true';
  store.createBucket(request.bucket, { objectLock, ...(region !== undefined && { region }) });
  return { headers: { location: `/${request.bucket}` } };
};

export const deleteBucket: Operation = (exchange) => {
  const bucket = addressedBucket(exchange);
  if (bucket.objects.size > 0) throw new S3Error('BucketNotEmpty');
  exchange.store.buckets.delete(bucket.name);
  return { status: 204 };
};

export const headBucket: Operation = (exchange) => ({
  headers: { 'x-amz-bucket-region': addressedBucket(exchange).region },
});

export const listBuckets: Operation = ({ store }) => ({
  xml: xmlDocument('ListAllMyBucketsResult', {
    Buckets: { Bucket: [...store.buckets.keys()].map((Name) => ({ Name })) },
  }),
});

export const getBucketLocation: Operation = (exchange) => {
  const { region } = addressedBucket(exchange);
  const constraint = region === 'us-east-1' ? '' : region;
  return {
    xml: `<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${constraint}</LocationConstraint>`,
  };
};

export const getBucketVersioning: Operation = (exchange) => {
  const { mfaDelete, versioning } = addressedBucket(exchange);
  const status = { never: undefined, enabled: 'Enabled', suspended: 'Suspended' }[versioning];
  return {
    xml: xmlDocument('VersioningConfiguration', {
      Status: status,
      MfaDelete: mfaDelete ? 'Enabled' : undefined,
    }),
  };
};

export const putBucketVersioning: Operation = (exchange) => {
  const bucket = addressedBucket(exchange);
  const status = xmlText(exchange.request.body.toString('utf8'), 'Status')?.toLowerCase();
  if (status !== 'enabled' && status !== 'suspended') throw new S3Error('MalformedXML');
  if (bucket.objectLock && status === 'suspended') throw new S3Error('InvalidBucketState');
  bucket.versioning = status satisfies Versioning;
  return {};
};

export const getBucketPolicy: Operation = (exchange) => {
  const { policy } = addressedBucket(exchange);
  if (policy === undefined) throw new S3Error('NoSuchBucketPolicy');
  return { headers: { 'content-type': 'application/json' }, content: bytesContent(Buffer.from(policy)) };
};

export const putBucketPolicy: Operation = (exchange) => {
  addressedBucket(exchange).policy = checkedPolicy(exchange.request);
  return { status: 204 };
};

export const getBucketRequestPayment: Operation = (exchange) => {
  const { requesterPays } = addressedBucket(exchange);
  const Payer = requesterPays ? 'Requester' : 'BucketOwner';
  return { xml: xmlDocument('RequestPaymentConfiguration', { Payer }) };
};

export const putBucketRequestPayment: Operation = (exchange) => {
  const payer = xmlText(exchange.request.body.toString('utf8'), 'Payer');
  addressedBucket(exchange).requesterPays = payer === 'Requester';
  return {};
};
