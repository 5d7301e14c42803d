import { createBucketPolicies } from '../../aws/s3/bucket/bucket-policies.ts';
import { createFenceCanary } from '../../aws/s3/source/fence-canary.ts';
import { awsErrorName } from '../../aws/sdk/aws-errors.ts';
import { accountOfQueue } from '../../config/aws-hosts.ts';
import { type Installation, roleIn } from '../../core/fence/spared-roles.ts';
import type { FencedBucket } from '../../core/fences.ts';
import { BucketProblemError } from '../../core/operate/fence/bucket-problem.ts';
import type { FenceCanary } from '../../core/operate/fence/check-fence.ts';
import type { BucketPolicies } from '../../core/operate/fence/deny-reading.ts';
import { partitionOf } from '../../core/partition.ts';
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

/** The name that CloudTrail shows. */
const sessionName = 'macie-isolator-fence-check';

/** The canary of a bucket, in the hands of the probe role of its account. Throws `BucketProblemError` without that role. */
export async function canaryOf(
  bucket: FencedBucket,
  installation: Installation,
  clients: OperatorClients,
): Promise<{ readonly canary: FenceCanary; readonly probe: string }> {
  const probe = roleIn(bucket.accountId, installation, 'fence-probe');
  try {
    const credentials = await clients.assumeRole(probe, sessionName);
    return { canary: createFenceCanary(clients.s3Anywhere(credentials), bucket), probe };
  } catch (error) {
    // Only an answer of STS has this name here: the canary has not been touched yet.
    if (!/^AccessDenied(?:Exception)?$/.test(awsErrorName(error))) throw error;
    throw new BucketProblemError('no-role', probe, error);
  }
}
