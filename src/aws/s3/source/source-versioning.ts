import type { GetBucketVersioningCommandOutput } from '@aws-sdk/client-s3';
import { RetryableError } from '../../../core/errors.ts';
import type { ObjectAddress } from '../../../core/finding.ts';
import type { SourceBuckets } from '../../../core/source-buckets.ts';
import { errorClassOf } from '../../sdk/aws-errors.ts';
import { bucketVersioning } from '../bucket/bucket-versioning.ts';
import { needsMfa, rememberBuckets } from './mfa-delete.ts';
import { type ClientFor, sourceError } from './source-errors.ts';

/** The configuration of a bucket's versioning. */
export function createVersioning(clientFor: ClientFor): Pick<SourceBuckets, 'versioning' | 'needsMfa'> {
  const withoutMfa = rememberBuckets();
  const askVersioning = async (object: ObjectAddress): Promise<GetBucketVersioningCommandOutput> => {
    const input = { Bucket: object.bucket, ExpectedBucketOwner: object.accountId };
    try {
      const answer = await bucketVersioning(clientFor(object), input);
      if (!needsMfa(answer)) withoutMfa.remember(object);
      return answer;
    } catch (error) {
      throw await sourceError(clientFor, object, errorClassOf(error), error, 'GetBucketVersioning');
    }
  };

  return {
    async versioning(object) {
      return versioningOf((await askVersioning(object)).Status);
    },

    async needsMfa(object) {
      if (withoutMfa.isKnown(object)) return false;
      return needsMfa(await askVersioning(object));
    },
  };
}

/** If the status is absent, the bucket was never versioned. An unknown status must not count as absent. */
function versioningOf(status: string | undefined): 'enabled' | 'suspended' | 'never' {
  switch (status) {
    case 'Enabled':
      return 'enabled';
    case 'Suspended':
      return 'suspended';
    case undefined:
    case '':
      return 'never';
    default:
      throw new RetryableError('UnknownVersioning', 'the status of versioning is not understood');
  }
}
