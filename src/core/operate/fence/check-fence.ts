import { fenceProofKey } from '../../evidence/keys.ts';
import { type FenceProof, fenceSteps, formatProof, parseProof, type StepTaken } from '../../fence/proof.ts';
import type { FencedBucket } from '../../fences.ts';
import type { ControlObjects } from '../../valve/control-objects.ts';

/** The one key that the probe role may handle. */
export const canaryKey = '.isolator-fence/canary';

/** The canary of one bucket, handled by the probe role, which no fence spares. */
export interface FenceCanary {
  /**
   * Takes a step, and returns `allowed`, `denied` or the code of another answer. Throws `BucketProblemError` if there
   * is no such bucket, and the error itself if the step may go well later.
   */
  take(step: (typeof fenceSteps)[number]): Promise<string>;
}

/**
 * Puts the canary, reads it, tags it, tries to read it again and to take the tag away. The canary stays as it is then:
 * the next check puts a new one over it, which no fence denies.
 */
export async function checkFence(
  bucket: FencedBucket,
  {
    canary,
    clock,
    probe,
  }: { readonly canary: FenceCanary; readonly clock: () => Date; readonly probe: string },
): Promise<FenceProof> {
  const steps: StepTaken[] = [];
  for (const step of fenceSteps) {
    const isOver = steps.some(({ got, wanted }) => got !== wanted);
    steps.push({ ...step, got: isOver ? 'not-taken' : await canary.take(step) });
  }
  const { accountId, bucket: name } = bucket;
  return { accountId, bucket: name, checkedAt: clock(), probe, steps };
}

/** A check that runs at the same moment may write first. The later of two checks stays. */
export async function writeProof(proof: FenceProof, objects: ControlObjects): Promise<void> {
  const key = fenceProofKey(proof.bucket);
  for (;;) {
    const { found } = await objects.read(key);
    const before = parseProof(found?.text);
    if (before !== undefined && before.checkedAt > proof.checkedAt) return;
    const { kind } = await objects.write(key, formatProof(proof), found?.eTag);
    if (kind === 'written') return;
  }
}
