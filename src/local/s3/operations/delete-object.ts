import { addressedBucket, versionHeader } from '../access/addressed.ts';
import { type Operation } from '../exchange.ts';
import { S3Error } from '../s3-error.ts';
import { checkDelete } from './conditions.ts';
import { checkLock } from './object-lock.ts';

export const deleteObject: Operation = (exchange) => {
  const { store, request, now } = exchange;
  const bucket = addressedBucket(exchange);
  const versionId = request.query.get('versionId');
  if (versionId === '') throw new S3Error('InvalidArgument', 'Version id cannot be the empty string');
  checkDelete(request.headers, bucket, request.key);
  if (versionId === undefined) {
    const marker = store.plainDelete(bucket, request.key, now());
    return {
      status: 204,
      headers: marker ? { ...versionHeader(bucket, marker), 'x-amz-delete-marker': 'true' } : {},
    };
  }
  const version = bucket.objects.get(request.key)?.find(({ id }) => id === versionId);
  if (bucket.mfaDelete && request.headers['x-amz-mfa'] === undefined) {
    throw new S3Error('AccessDenied', 'Mfa Authentication must be used for this request');
  }
  if (version) checkLock(exchange, version);
  store.deleteVersion(bucket, request.key, versionId);
  return {
    status: 204,
    headers: { 'x-amz-version-id': versionId, 'x-amz-delete-marker': version?.isMarker ? 'true' : undefined },
  };
};
