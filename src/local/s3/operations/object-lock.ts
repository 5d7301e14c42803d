import { addressedBucket, findVersion } from '../access/addressed.ts';
import { type Exchange, type Operation } from '../exchange.ts';
import { type S3Request, suppliedChecksum } from '../http/http-request.ts';
import { S3Error } from '../s3-error.ts';
import type { Bucket, Retention, Version } from '../store/bucket.ts';
import { xmlDocument, xmlText } from '../xml.ts';

export type Lock = Pick<Version, 'legalHold' | 'retention'>;

/**
 * Reads the lock that a put, a copy or the start of an upload requests. Only buckets that were created with
 * Object Lock accept it.
 */
export function lockOf(headers: S3Request['headers'], bucket: Bucket): Lock {
  const mode = headers['x-amz-object-lock-mode'];
  const until = headers['x-amz-object-lock-retain-until-date'];
  const legalHold = headers['x-amz-object-lock-legal-hold'] === 'ON';
  if (mode === undefined && !legalHold) return {};
  demandLock(bucket);
  return {
    legalHold,
    ...(mode !== undefined && until !== undefined && { retention: retention(mode, until) }),
  };
}

/** Returns the lock of a new version: the requested lock, or the bucket's default retention. */
export function withDefault(lock: Lock, { defaultRetention: byDefault }: Bucket, now: Date): Lock {
  if (lock.retention || !byDefault) return lock;
  const until = new Date(now.getTime() + byDefault.days * 86_400_000);
  return { ...lock, retention: { mode: byDefault.mode, until } };
}

/** A request with a lock must carry a checksum of the bytes. */
export function demandChecksum(
  { request }: Exchange,
  bucket: Bucket,
  { legalHold, retention }: Lock,
  what: 'Put Object' | 'Put Part',
): void {
  const locked = legalHold || retention !== undefined || bucket.defaultRetention !== undefined;
  if (!locked || request.headers['content-md5'] !== undefined || suppliedChecksum(request)) return;
  throw new S3Error(
    'InvalidRequest',
    `Content-MD5 OR x-amz-checksum- HTTP header is required for ${what} requests with Object Lock parameters`,
  );
}

export function lockHeaders({ legalHold, retention }: Version): Record<string, string> {
  return {
    ...(legalHold && { 'x-amz-object-lock-legal-hold': 'ON' }),
    ...(retention && {
      'x-amz-object-lock-mode': retention.mode,
      'x-amz-object-lock-retain-until-date': retention.until.toISOString(),
    }),
  };
}

/**
 * Checks a delete by id of a locked version. A caller can bypass a retention in GOVERNANCE mode with the
 * header and the permission.
 */
export function checkLock({ request, now }: Exchange, { legalHold, retention }: Version): void {
  const bypassed =
    retention?.mode === 'GOVERNANCE' && request.headers['x-amz-bypass-governance-retention'] === 'true';
  const retained = retention !== undefined && retention.until > now() && !bypassed;
  if (legalHold || retained) {
    throw new S3Error('AccessDenied', 'Access Denied because object protected by object lock.');
  }
}

export const putObjectRetention: Operation = (exchange) => {
  const { request, now } = exchange;
  const version = addressedVersion(exchange);
  const body = request.body.toString('utf8');
  const next = retention(xmlText(body, 'Mode') ?? '', xmlText(body, 'RetainUntilDate') ?? '');
  const kept = version.retention;
  const bypassed = request.headers['x-amz-bypass-governance-retention'] === 'true';
  const loosened = kept !== undefined && (next.until < kept.until || next.mode !== kept.mode);
  if (kept && kept.until > now() && loosened && (kept.mode === 'COMPLIANCE' || !bypassed)) {
    throw new S3Error('AccessDenied', 'Access Denied because object protected by object lock.');
  }
  version.retention = next;
  return {};
};

export const getObjectRetention: Operation = (exchange) => {
  const { retention } = addressedVersion(exchange);
  if (!retention) throw new S3Error('NoSuchObjectLockConfiguration');
  return { xml: xmlDocument('Retention', { Mode: retention.mode, RetainUntilDate: retention.until }) };
};

export const putObjectLegalHold: Operation = (exchange) => {
  const version = addressedVersion(exchange);
  const status = xmlText(exchange.request.body.toString('utf8'), 'Status') ?? '';
  if (status !== 'ON' && status !== 'OFF') throw new S3Error('MalformedXML');
  version.legalHold = status === 'ON';
  return {};
};

export const getObjectLegalHold: Operation = (exchange) => {
  const { legalHold } = addressedVersion(exchange);
  if (legalHold === undefined) throw new S3Error('NoSuchObjectLockConfiguration');
  return { xml: xmlDocument('LegalHold', { Status: legalHold ? 'ON' : 'OFF' }) };
};

function addressedVersion(exchange: Exchange): Version {
  const bucket = addressedBucket(exchange);
  demandLock(bucket);
  return findVersion(exchange, bucket, exchange.request.key, exchange.request.query.get('versionId'));
}

function demandLock(bucket: Bucket): void {
  if (!bucket.objectLock) throw new S3Error('InvalidRequest', 'Bucket is missing Object Lock Configuration');
}

function retention(mode: string, until: string): Retention {
  const date = new Date(until);
  if ((mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') || Number.isNaN(date.getTime())) {
    throw new S3Error('MalformedXML');
  }
  return { mode, until: date };
}
