import { fenceProofKey } from '../../../core/evidence/keys.ts';
import { type FenceProof, isProvedBy, parseProof } from '../../../core/fence/proof.ts';
import type { FenceProofs } from '../../../core/fences.ts';
import type { ControlObjects } from '../../../core/valve/control-objects.ts';

/** How long a worker believes what it read of a bucket's proof. */
const rememberedMs = 60_000;
const maximumRemembered = 1_000;

/** Reads the proofs that `fence check` wrote, each at most once a minute. */
export function createFenceProofs(objects: Pick<ControlObjects, 'read'>): FenceProofs {
  const remembered = new Map<string, { readonly readAt: Date; readonly proof: FenceProof | undefined }>();
  return {
    async isProved(place, now) {
      const key = fenceProofKey(place.bucket);
      const before = remembered.get(key);
      if (before !== undefined && Math.abs(now.getTime() - before.readAt.getTime()) < rememberedMs) {
        return isProvedBy(before.proof, place, now);
      }
      const read = await objects.read(key).catch(() => undefined);
      const proof = parseProof(read?.found?.text);
      // A read that failed is not remembered, so the next object asks again.
      if (read !== undefined) {
        if (remembered.size >= maximumRemembered) remembered.clear();
        remembered.set(key, { readAt: now, proof });
      }
      return isProvedBy(proof, place, now);
    },
  };
}
