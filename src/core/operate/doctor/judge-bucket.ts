import { ok, updateDataPlane, type Verdict, wrong } from './verdict.ts';

/** The settings of the isolation bucket. A setting that does not exist is `none`. */
export interface BucketEncryption {
  readonly algorithm: string;
  readonly kmsKeyId?: string;
}

export function judgeEncryption(found: BucketEncryption | 'none', wanted: string | undefined): Verdict {
  if (found === 'none' || !found.algorithm.startsWith('aws:kms')) {
    return wrong('Isolated objects are not encrypted with a key of yours by default.', updateDataPlane);
  }
  if (wanted !== undefined && found.kmsKeyId !== undefined && idOf(found.kmsKeyId) !== idOf(wanted)) {
    return wrong(
      'The default key of the isolation bucket is not ISOLATION_KMS_KEY_ID.',
      'Set ISOLATION_KMS_KEY_ID to the output IsolationKeyArn of data-plane.yaml.',
    );
  }
  return ok(found.algorithm);
}

/** The last part of an ARN, or the id itself. */
function idOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

export function judgeVersioning(status: string | undefined, bucket: string): Verdict {
  return status === 'Enabled'
    ? ok()
    : wrong(
        `Versioning of the isolation bucket is ${status?.toLowerCase() ?? 'off'}: evidence that is overwritten is lost.`,
        `aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled`,
      );
}

/** The default retention of a bucket, which S3 keeps in days or in years. */
export interface BucketLock {
  readonly mode?: string;
  readonly days?: number;
  readonly years?: number;
}

export function judgeLock(found: BucketLock | 'none'): Verdict {
  if (found === 'none') return ok('none; `hold` needs Object Lock');
  const { days, mode, years } = found;
  if (mode === undefined) return ok('no default retention');
  return ok(`${mode}, ${years === undefined ? spanOf(days ?? '?', 'day') : spanOf(years, 'year')}`);
}

function spanOf(count: number | '?', unit: 'day' | 'year'): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

export interface PublicAccess {
  readonly isBlocked: boolean;
}

export function judgePublicAccess(found: PublicAccess | 'none', bucket: string): Verdict {
  const all = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];
  return found !== 'none' && found.isBlocked
    ? ok()
    : wrong(
        'Public access to the isolation bucket is not blocked.',
        `aws s3api put-public-access-block --bucket ${bucket} --public-access-block-configuration ${all.map((name) => `${name}=true`).join(',')}`,
      );
}
