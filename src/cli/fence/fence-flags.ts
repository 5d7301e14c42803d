import type { FencedBucket } from '../../core/fences.ts';
import { isBucketName } from '../../core/object-names.ts';
import { usageError } from '../frame/command-error.ts';
import { visible } from '../frame/terminal.ts';
import { checkPrefix } from '../prefix.ts';

/** The flags by which the commands about fences know the roles of an installation. */
export interface RoleFlags {
  readonly prefix: string;
  readonly rolePath: string;
}

export function checkRoleFlags({ prefix, rolePath }: RoleFlags): void {
  checkPrefix(prefix);
  if (!/^\/([\w+=.@-]+\/)*$/.test(rolePath)) {
    throw usageError(
      '--role-path takes a path of IAM that begins and ends with a slash, such as /security/.',
    );
  }
}

/** A bucket as people name it: `bucket`, or `account/bucket` if it is not of the installation's account. */
export interface NamedBucket {
  readonly bucket: string;
  readonly accountId?: string;
}

export function bucketNamed(text: string): NamedBucket {
  const [, accountId, bucket = ''] = /^(?:(\d{12})\/)?([^/]+)$/.exec(text) ?? [];
  if (!isBucketName(bucket)) {
    throw usageError(
      `${visible(text)} names no bucket: give its name, or 111122223333/name for a bucket of that account.`,
    );
  }
  return { bucket, ...(accountId !== undefined && { accountId }) };
}

/** Throws a usage error for the isolation bucket, whose own policy protects it. */
export function bucketOf(
  { accountId, bucket }: NamedBucket,
  installation: { readonly accountId: string },
  isolationBucket: string,
): FencedBucket {
  if (bucket === isolationBucket) {
    throw usageError(
      `${bucket} is the isolation bucket: its own policy protects it, and nothing is fenced there.`,
    );
  }
  return { accountId: accountId ?? installation.accountId, bucket };
}
