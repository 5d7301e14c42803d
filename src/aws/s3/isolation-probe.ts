import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { RetryableError } from '../../core/errors.ts';
import { probeKeys } from '../../core/evidence/isolation-key.ts';
import type { IsolationBucket } from '../../core/ports.ts';
import { retryableAtIsolation } from '../sdk/isolation-faults.ts';
import type { DestinationInput } from './copy/copy-input.ts';

export interface ProbeOptions {
  /** Of the worker's own role. */
  readonly client: S3Client;
  readonly bucket: IsolationBucket;
  readonly destination: (key: string) => DestinationInput;
  /** Of the isolation bucket. */
  readonly accountId: string;
  readonly worker: string;
}

/**
 * Does what an isolation needs of the isolation side, without a finding: puts an object, copies it by the
 * call that real copies use, reads the copy and lists it. `since` is the start of the halt. Throws what was refused.
 */
export function createIsolationProbe(options: ProbeOptions): (since: Date) => Promise<void> {
  const { client, bucket, destination, accountId, worker } = options;
  return async (since) => {
    const { from, to } = probeKeys({ accountId, isolationBucket: bucket.name, worker, since });
    try {
      // Unconditional: only what is written anew shows that records could be.
      await client.send(
        new PutObjectCommand({ ...destination(from), Body: '{}', ContentType: 'application/json' }),
      );
    } catch (error) {
      throw retryableAtIsolation(error, 'PutObject of the probe');
    }
    const put = await bucket.head(from);
    if (put === undefined) throw new RetryableError('ProbeAbsent', 'the probe was put and is not there');
    // Without its version: the worker may not read versions of evidence.
    const { versionId: _, ...stored } = put;
    // 412 is an answer too: this halt's probe copied it before.
    await bucket.copy({
      from: { accountId, bucket: bucket.name, key: from, region: bucket.region },
      stored,
      toKey: to,
      metadata: { 'isolator-probe': since.toISOString() },
      checksum: stored.checksum ?? { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', value: '' },
    });
    if ((await bucket.head(to)) === undefined || (await bucket.get(to)) === undefined) {
      throw new RetryableError('ProbeAbsent', 'the copy of the probe is not there');
    }
    if (!(await bucket.list(to)).some(({ key }) => key === to)) {
      throw new RetryableError('ProbeAbsent', 'the copy of the probe is not listed');
    }
  };
}
