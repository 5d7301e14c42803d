import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { RetryableError } from '../../../core/errors.ts';
import { prefixes, probeKeyBeside, probeKeys } from '../../../core/evidence/keys.ts';
import type { BucketCall, IsolationBucket } from '../../../core/isolation-bucket.ts';
import { retryableAtIsolation } from '../../sdk/isolation-faults.ts';
import type { DestinationInput } from '../copy/copy-input.ts';

export interface ProbeOptions {
  /** The client of the worker's own role. */
  readonly client: S3Client;
  readonly bucket: IsolationBucket;
  readonly destination: (key: string) => DestinationInput;
  /** The account that owns the isolation bucket. */
  readonly accountId: string;
  readonly worker: string;
}

/**
 * Makes the calls that an isolation needs at the isolation side, without a finding: it puts an object, copies
 * that object with the call of real copies, reads the copy and lists it. `since` is the start of the halt. The call that
 * began the halt is made again in its folder, because folders can have permissions of their own. Throws the error of the
 * first call that fails.
 */
export function createIsolationProbe(
  options: ProbeOptions,
): (since: Date, refused: BucketCall | undefined) => Promise<void> {
  const { client, bucket, destination, accountId, worker } = options;
  return async (since, refused) => {
    const { from, to, toHashed } = probeKeys({ accountId, isolationBucket: bucket.name, worker, since });
    try {
      // The put has no condition: only a new write shows that records can be written.
      await client.send(
        new PutObjectCommand({ ...destination(from), Body: '{}', ContentType: 'application/json' }),
      );
    } catch (error) {
      throw retryableAtIsolation(error, 'PutObject of the probe', 'put');
    }
    const put = await bucket.head(from);
    if (put === undefined) throw new RetryableError('ProbeAbsent', 'the probe was put, but does not exist');
    // The version id is left out, because the worker may not read versions of evidence.
    const { versionId: _, ...stored } = put;
    const copyTo = async (isolationKey: string): Promise<void> => {
      // 412 is a success too: an earlier probe of this halt made the copy.
      await bucket.copy({
        from: { accountId, bucket: bucket.name, key: from, region: bucket.region },
        stored,
        isolationKey,
        metadata: { 'isolator-probe': since.toISOString() },
        checksum: stored.checksum ?? { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', value: '' },
      });
      if ((await bucket.head(isolationKey)) === undefined || (await bucket.get(isolationKey)) === undefined) {
        throw new RetryableError('ProbeAbsent', 'the copy of the probe does not exist');
      }
      if (!(await bucket.list(isolationKey)).some(({ key }) => key === isolationKey)) {
        throw new RetryableError('ProbeAbsent', 'the copy of the probe is not listed');
      }
    };
    await copyTo(to);
    // Pause, budget and limits have a probe of their own.
    if (refused === undefined || refused.key.startsWith(prefixes.control)) return;
    const { call, key } = refused;
    if (call !== 'copy') await again(call, probeKeyBeside(key, { since, worker }), bucket);
    else if (key.startsWith(prefixes.hashedCopies)) await copyTo(toHashed);
  };
}

/** That there is no such object is an answer too. */
async function again(
  call: Exclude<BucketCall['call'], 'copy'>,
  key: string,
  bucket: IsolationBucket,
): Promise<void> {
  switch (call) {
    case 'put':
      await bucket.put(key, '{}');
      return;
    case 'read':
      await bucket.head(key);
      await bucket.get(key);
      return;
    case 'list':
      await bucket.list(key);
      return;
  }
}
