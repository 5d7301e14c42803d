import { flaggedBuckets } from '../../aws/macie/flagged-buckets.ts';
import { fenceProofKey } from '../../core/evidence/keys.ts';
import { parseProof } from '../../core/fence/proof.ts';
import { type FlaggedBucket, judgeFences } from '../../core/operate/doctor/judge-fences.ts';
import type { Check } from '../../core/operate/doctor/run-checks.ts';
import { evidenceOf, placeOf } from '../operator/isolation-bucket.ts';
import type { LookedAt } from './looked-at.ts';

/** So many buckets are looked at: those with most findings. */
const atMost = 50;

/** Whether what is flagged and has to stay is out of reach. */
export function fenceChecks({ clients, settings }: LookedAt): readonly Check[] {
  const evidence = evidenceOf(clients, settings);
  return [
    {
      name: 'fences',
      async judge() {
        const buckets = await flaggedBuckets(await clients.macie(clients.region), atMost);
        const flagged: FlaggedBucket[] = [];
        for (const bucket of buckets) {
          if (bucket === placeOf(settings).name) continue;
          flagged.push({ bucket, proof: parseProof(await evidence.get(fenceProofKey(bucket))) });
        }
        return judgeFences(flagged, new Date());
      },
    },
  ];
}
