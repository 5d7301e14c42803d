import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { partitionOf } from '../../core/partition.ts';
import { awsErrorName, isAccessDenied } from './aws-errors.ts';
import { pinnedOfOthers } from './pinned.ts';
import type { RequestFailure } from './request-reports.ts';
import { createSessionCache } from './session-cache.ts';

/** The role that the worker assumes in each member account (deploy/ecs/member-role.yaml). */
export interface MemberRole {
  readonly name: string;
  readonly externalId?: string;
}

export interface AssumeRoleOptions {
  readonly role: MemberRole;
  /** The worker's region, whose STS is used, whatever region the object is in. */
  readonly region: string;
  readonly endpoint?: string;
  readonly requestHandler: NonNullable<ClientConfig['requestHandler']>;
  readonly onError: (failure: RequestFailure) => void;
}

type ClientConfig = NonNullable<Parameters<typeof fromTemporaryCredentials>[0]['clientConfig']>;
type Provider = ReturnType<typeof fromTemporaryCredentials>;

/** The name that the member account's CloudTrail shows. */
const sessionName = 'macie-isolator';

/**
 * Returns the provider of credentials of the member role in each account. An account has one session for all regions.
 * Sessions of a role that another role assumed last at most an hour; copies can take longer, so the SDK asks for
 * credentials at each call.
 */
export function createMemberCredentials(options: AssumeRoleOptions): (accountId: string) => Provider {
  const { role, region, endpoint, requestHandler, onError } = options;
  const assumeRoleIn = (accountId: string) =>
    fromTemporaryCredentials({
      params: {
        RoleArn: `arn:${partitionOf(region)}:iam::${accountId}:role/${role.name}`,
        RoleSessionName: sessionName,
        ...(role.externalId !== undefined && { ExternalId: role.externalId }),
      },
      clientConfig: {
        ...pinnedOfOthers,
        region,
        requestHandler,
        ...(endpoint !== undefined && { endpoint }),
      },
    })();
  const sessionOf = createSessionCache({
    async assume(accountId) {
      try {
        return await assumeRoleIn(accountId);
      } catch (error) {
        const code = awsErrorName(error);
        onError({ service: 'sts', operation: 'AssumeRole', code });
        // The error arises inside a call to S3, where AccessDenied would be read as the bucket's answer.
        if (isAccessDenied(error)) throw new NoRoleError(error);
        throw error;
      }
    },
    isRefusal: (error) => error instanceof NoRoleError,
  });
  return (accountId) => () => sessionOf(accountId);
}

/** The role does not exist, or does not trust this worker. The owner of the account must repair it. */
class NoRoleError extends Error {
  override readonly name = 'NoRole';

  constructor(cause: unknown) {
    super('the member role cannot be assumed', { cause });
  }
}
