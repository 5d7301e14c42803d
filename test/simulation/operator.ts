import { releaseMark } from '../../src/core/evidence/release-records.ts';
import type { Restorer } from '../../src/core/restorer.ts';
import type { Actor } from './actor.ts';
import type { FlaggedTruth } from './history/truth.ts';
import { createModelPorts, type Surroundings } from './model/ports.ts';
import { isolationBucketName } from './world.ts';

/** A person who puts one object back, and tries again where that fails. */
export async function operate(
  actor: Actor,
  flagged: FlaggedTruth,
  around: Surroundings,
  marksInMetadata: boolean,
): Promise<void> {
  const { sourceBuckets, isolationBucket, clock } = createModelPorts(actor, around);
  const { product } = around;
  const { accountId, bucket, key, versionId, eTag } = flagged;
  const object = {
    accountId,
    region: 'us-east-1',
    bucket,
    key,
    ...(versionId !== undefined && { versionId }),
    ...(eTag !== undefined && { eTag }),
  };
  const ports = {
    sourceBuckets,
    isolationBucket,
    clock,
    restorer: createRestorer(actor, around, marksInMetadata),
  };
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    try {
      await product.release(object, { who: 'somebody', why: 'a false positive' }, ports);
      return;
    } catch (error) {
      if (error instanceof product.RefusedError) return;
      if (!(error instanceof product.RetryableError)) throw error;
    }
  }
}

function createRestorer(actor: Actor, { s3, witness }: Surroundings, marksInMetadata: boolean): Restorer {
  return {
    restore: ({ isolationKey, metadata, to, contentHeaders, storageClass, tags: wanted }) =>
      actor.call('restorer.restore', () => {
        if (s3.read(to)) return 'occupied';
        const from = s3.read({ bucket: isolationBucketName, key: isolationKey });
        if (from === undefined) throw new Error(`the model has no ${isolationKey}`);
        const marked = marksInMetadata ? { ...metadata, [releaseMark]: 'yes' } : metadata;
        const original = wanted ? Object.fromEntries(wanted) : from.tags;
        const tags = marksInMetadata ? original : { ...original, [releaseMark]: 'yes' };
        const properties = { metadata: marked, tags, contentHeaders, storageClass };
        const entry = s3.put(to, { bytes: from.bytes, ...properties }, actor.name);
        witness.restored(entry, from, to);
        return { lost: [] };
      }),
    expectedLoss: async () => [],
    isMarked: (object, stored) =>
      actor.call('restorer.isMarked', () => {
        const entry = s3.read(object, stored.versionId);
        return entry !== undefined && (releaseMark in entry.tags || releaseMark in entry.metadata);
      }),
  };
}
