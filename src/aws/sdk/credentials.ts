import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { pinnedOfOthers } from './pinned.ts';
import type { RequestFailure } from './request-reports.ts';

/** The role that the worker assumes in each member account (deploy/ecs/member-role.yaml). */
export interface MemberRole {
  readonly name: string;
  readonly externalId?: string;
}

export interface AssumeRoleOptions {
  readonly role: MemberRole;
  /** Of the worker: its STS is asked, whatever region the object is in. */
  readonly region: string;
  readonly endpoint?: string;
  readonly requestHandler: NonNullable<ClientConfig['requestHandler']>;
  readonly onError: (failure: RequestFailure) => void;
}

type ClientConfig = NonNullable<Parameters<typeof fromTemporaryCredentials>[0]['clientConfig']>;
type Provider = ReturnType<typeof fromTemporaryCredentials>;

/** Seen in the member account's CloudTrail. */
const sessionName = 'macie-isolator';

/**
 * Credentials of the member role in one account. The client that is given them keeps them, and asks again
 * five minutes before they end: sessions of a role assumed by a role last an hour at most, copies longer.
 */
export function memberCredentials(accountId: string, options: AssumeRoleOptions): Provider {
  const { role, region, endpoint, requestHandler, onError } = options;
  const assumeRole = fromTemporaryCredentials({
    params: {
      RoleArn: `arn:${partitionOf(region)}:iam::${accountId}:role/${role.name}`,
      RoleSessionName: sessionName,
      ...(role.externalId !== undefined && { ExternalId: role.externalId }),
    },
    clientConfig: { ...pinnedOfOthers, region, requestHandler, ...(endpoint !== undefined && { endpoint }) },
  });
  return async (properties) => {
    try {
      return await assumeRole(properties);
    } catch (error) {
      const code = error instanceof Error ? error.name : 'UnknownError';
      onError({ service: 'sts', operation: 'AssumeRole', code });
      // Inside a call to S3, where "access denied" would be taken for the bucket's.
      if (code === 'AccessDenied' || code === 'AccessDeniedException') throw new NoRoleError(error);
      throw error;
    }
  };
}

/** The role is not there, or does not trust this worker: its account's owner has to mend that. */
class NoRoleError extends Error {
  override readonly name = 'NoRole';

  constructor(cause: unknown) {
    super('the member role cannot be assumed', { cause });
  }
}

const partitions: readonly (readonly [regions: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['us-iso-', 'aws-iso'],
  ['eu-isoe-', 'aws-iso-e'],
  ['eusc-', 'aws-eusc'],
];

export function partitionOf(region: string): string {
  return partitions.find(([regions]) => region.startsWith(regions))?.[1] ?? 'aws';
}
