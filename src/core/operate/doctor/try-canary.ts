import { canaryKeys } from '../../evidence/keys.ts';
import type { IsolationBucket } from '../../isolation-bucket.ts';
import { ok, type Verdict, wrong } from './verdict.ts';

export interface Canary {
  readonly bucket: Pick<IsolationBucket, 'copy' | 'get' | 'head' | 'name' | 'put' | 'region'>;
  /** The account that owns the bucket. */
  readonly owner: string;
  /** Makes the keys of this canary different from those of all others. */
  readonly id: string;
  readonly at: Date;
}

const notAStoreForEvidence = 'Evidence needs a store that obeys If-None-Match, such as Amazon S3.';

/**
 * Puts an object as records are put, copies it as objects are copied, and tries to overwrite both. Errors of the
 * bucket are passed on.
 */
export async function tryCanary({ at, bucket, id, owner }: Canary): Promise<Verdict> {
  const keys = canaryKeys(id);
  const text = JSON.stringify({ canary: id, at: at.toISOString() });
  await bucket.put(keys.record, text);
  if ((await bucket.put(keys.record, '{}')) === 'written') {
    return wrong('A record can be overwritten: the store ignores If-None-Match.', notAStoreForEvidence);
  }
  const stored = await bucket.head(keys.record);
  if (stored === undefined || (await bucket.get(keys.record)) !== text) {
    return wrong(
      `What was put at ${keys.record} cannot be read back.`,
      `aws s3api head-object --bucket ${bucket.name} --key ${keys.record}`,
    );
  }
  // Operators may not read versions.
  const { versionId: _, ...current } = stored;
  const copy = () =>
    bucket.copy({
      from: { accountId: owner, bucket: bucket.name, key: keys.record, region: bucket.region },
      stored: current,
      isolationKey: keys.copy,
      metadata: { 'isolator-probe': at.toISOString() },
      checksum: current.checksum ?? { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', value: '' },
    });
  const first = await copy();
  if (first.kind !== 'copied' || (await bucket.get(keys.copy)) !== text) {
    return wrong(
      `The copy of ${keys.record} is not whole.`,
      `aws s3api head-object --bucket ${bucket.name} --key ${keys.copy}`,
    );
  }
  if ((await copy()).kind === 'copied') {
    return wrong(
      'A copy can be overwritten: the store ignores If-None-Match on CopyObject.',
      notAStoreForEvidence,
    );
  }
  return ok(`${keys.record} was put and copied, and neither can be overwritten`);
}
