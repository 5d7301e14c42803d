import { addressedBucket, findVersion } from '../access/addressed.ts';
import { type Operation } from '../exchange.ts';
import { S3Error } from '../s3-error.ts';
import type { Version } from '../store/bucket.ts';

const archiveClasses: readonly string[] = ['GLACIER', 'DEEP_ARCHIVE'];

/** Whether the version must be restored before it can be read. */
export function isArchived({ archiveStatus, restore, storageClass }: Version): boolean {
  return (archiveStatus !== undefined || archiveClasses.includes(storageClass)) && restore !== 'done';
}

export function archiveHeaders({ archiveStatus, restore }: Version): Record<string, string | undefined> {
  const restored = 'ongoing-request="false", expiry-date="Fri, 01 Jan 2999 00:00:00 GMT"';
  return {
    'x-amz-archive-status': archiveStatus,
    'x-amz-restore': restore && { ongoing: 'ongoing-request="true"', done: restored }[restore],
  };
}

/** A restore takes no time. A test that needs a running restore sets `restore` at the version. */
export const restoreObject: Operation = (exchange) => {
  const { request } = exchange;
  const bucket = addressedBucket(exchange);
  const version = findVersion(exchange, bucket, request.key, request.query.get('versionId'));
  if (!isArchived(version)) {
    throw new S3Error('InvalidObjectState', "Restore is not allowed for the object's current storage class");
  }
  // An object of Intelligent-Tiering that leaves its archive tier is an ordinary object.
  if (version.archiveStatus !== undefined) version.archiveStatus = undefined;
  else version.restore = 'done';
  return { status: 202 };
};
