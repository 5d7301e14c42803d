import { createBucketPolicies } from '../../aws/s3/bucket-policies.ts';
import { partitionOf } from '../../aws/sdk/credentials.ts';
import { accountOfQueue } from '../../config/aws-hosts.ts';
import type { Installation } from '../../core/fence/spared-roles.ts';
import type { BucketPolicies } from '../../core/operate/fence/deny-reading.ts';
import type { OperatorClients } from './clients.ts';
import type { IsolationBucketSettings } from './isolation-bucket.ts';

/** The names that the templates gave to the roles. */
export interface RoleNames {
  readonly prefix: string;
  readonly rolePath: string;
}

export function installationOf(
  { region }: OperatorClients,
  { QUEUE_URL }: Pick<IsolationBucketSettings, 'QUEUE_URL'>,
  names: RoleNames,
): Installation {
  return { ...names, partition: partitionOf(region), accountId: accountOfQueue(QUEUE_URL), region };
}

/** The policies of source buckets, asked with the operator's own credentials. */
export function bucketPoliciesOf(clients: OperatorClients): BucketPolicies {
  return createBucketPolicies(clients.s3Anywhere());
}
